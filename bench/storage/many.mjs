/** A folder of 10,000 files: reading its listing, and what bringing them leaves in memory. */
import { writeFileSync } from 'node:fs';
import { startCloud } from './cloud.mjs';
import {
  against,
  fresh,
  inFolder,
  inProcess,
  listMany,
  lower
} from './ground.mjs';
import { webdavName } from './peers.mjs';

const LISTED = 10_000;
const ROUNDS = 5;

export async function many() {
  const cloud = await startCloud(fresh('listed'), ['--fill', String(LISTED)]);
  try {
    const file = inFolder('listing.xml');
    writeFileSync(file, await listMany(cloud));
    const { ours, peer } = await inProcess('listing', [file, String(ROUNDS)]);
    const { slopeMb } = await inProcess('ours', [
      'memory',
      JSON.stringify({ cloud, folder: fresh('memory'), count: LISTED })
    ]);
    return [
      against('parse_ms', ours, 'ms', webdavName(), peer, 'lower'),
      lower('memory_slope_mb', [slopeMb], 'MB', 10)
    ];
  } finally {
    await cloud.stop();
  }
}
