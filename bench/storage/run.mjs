/**
 * The storage against rclone, the npm client `webdav` and curl, all on the stand-in for Nextcloud (stand-in/README.md), paced by its
 * written model of a PHP server where files are counted by the second. Usage: npm run bench -- storage [--json]
 */
import { measure } from '../report.mjs';
import { bundle, clear } from './ground.mjs';
import { large } from './large.mjs';
import { many } from './many.mjs';
import { checkPeers } from './peers.mjs';
import { small } from './small.mjs';

await measure('storage', async () => {
  checkPeers();
  clear();
  await Promise.all(['ours', 'listing'].map(bundle));
  return [...(await many()), ...(await small()), ...(await large())];
});
