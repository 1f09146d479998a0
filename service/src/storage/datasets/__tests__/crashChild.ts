/**
 * The synchronized copy of one dataset in a process of its own, to be killed: `node crashChild.mjs FOLDER push|refresh`.
 * Bodies come slowly, so that a kill meets files on their way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../store/database';
import { Store } from '../../../store/store';
import { CopyWay } from '../copy/copyWay';
import { DiskRemote } from './diskRemote';

const [folder, act] = process.argv.slice(2);

async function main(): Promise<void> {
  const { database } = await openStore(`${folder}/store`);
  const store = new Store(`${folder}/store`, database);
  const remote = new DiskRemote(`${folder}/cloud`);
  remote.restMs = 1;
  const way = new CopyWay({ store, remotes: remote });
  const place = {
    id: 'd',
    account: 'cloud',
    remotePath: 'plants',
    path: `${folder}/here`
  };
  const failed: string[] = [];
  const task = {
    id: 'r',
    signal: new AbortController().signal,
    tell: () => undefined,
    log: () => undefined,
    failed: (path: string, reason: string) => failed.push(`${path}: ${reason}`)
  };
  console.log('begun');
  await (act === 'push' ? way.push(place, task) : way.prepare(place, task));
  const { waiting, conflicts } = await way.sight(place, true);
  console.log(JSON.stringify({ waiting, conflicts, failed }));
  await way.close();
  await sleep(0);
}

void main();
