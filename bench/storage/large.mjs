/** One GiB up and down. */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { startCloud } from './cloud.mjs';
import { against, fresh, inFolder, inProcess } from './ground.mjs';
import { curlName, downByCurl, upByCurl } from './peers.mjs';

const LARGE_BYTES = 1024 ** 3;
const ROUNDS = 3;

function writeLarge(file) {
  const piece = randomFillSync(Buffer.alloc(1 << 24));
  writeFileSync(file, '');
  for (let done = 0; done < LARGE_BYTES; done += piece.length) {
    piece.writeUInt32LE(done >>> 8);
    appendFileSync(file, piece);
  }
}

const mbPerSecond = ms => LARGE_BYTES / 1e6 / (ms / 1000);

function needSame(one, other) {
  const { status } = spawnSync('cmp', [one, other]);
  if (status !== 0) {
    throw new Error(`${other} is not ${one}`);
  }
}

const faster = (title, values, peerValues) =>
  against(title, values, 'MB/s', curlName(), peerValues);

export async function large() {
  const cloud = await startCloud(fresh('cloud'));
  const [file, down] = [inFolder('large.bin'), inFolder('down.bin')];
  const values = { up: [], down: [], peerUp: [], peerDown: [] };
  writeLarge(file);
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const ours = async (work, at) => {
        const given = {
          cloud,
          folder: fresh('ours'),
          file: at,
          name: 'ours.bin'
        };
        return mbPerSecond(
          (await inProcess('ours', [work, JSON.stringify(given)])).ms
        );
      };
      values.up.push(await ours('up', file));
      values.down.push(await ours('down', down));
      needSame(file, down);
      values.peerUp.push(mbPerSecond(await upByCurl(cloud, file, 'peer.bin')));
      values.peerDown.push(
        mbPerSecond(await downByCurl(cloud, 'peer.bin', down))
      );
    }
  } finally {
    await cloud.stop();
    [file, down].forEach(each => rmSync(each, { force: true }));
  }
  return [
    faster('large_mb_per_second_up', values.up, values.peerUp),
    faster('large_mb_per_second_down', values.down, values.peerDown)
  ];
}
