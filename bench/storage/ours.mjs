/**
 * One work of ours in a process of its own: ours.mjs WORK JSON, bundled by ground.mjs. Prints one line of JSON.
 * pull, push, refresh, up, down: {"ms", "blockMs"}; memory: {"slopeMb"}.
 */
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  statSync
} from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { CopyWay } from '../../service/src/storage/datasets/copy/copyWay';
import { openStore } from '../../service/src/store/database';
import { Store } from '../../service/src/store/store';
import { openRemote } from './remote.mjs';

const [work, json] = process.argv.slice(2);
const given = JSON.parse(json);
const { cloud, folder } = given;

const failures = [];
const task = {
  id: 'bench',
  signal: new AbortController().signal,
  tell: () => undefined,
  log: () => undefined,
  failed: (at, reason) => failures.push(`${at}: ${reason}`)
};

const remote = openRemote(cloud);
const place = {
  id: 'many',
  account: 'cloud',
  remotePath: given.remotePath ?? 'many',
  path: path.join(folder, 'files'),
  pattern: given.pattern
};

async function openWay() {
  const state = path.join(folder, 'state');
  mkdirSync(state, { recursive: true });
  const { database } = await openStore(state);
  const store = new Store(state, database);
  const remotes = { files: () => remote, onChange: () => () => undefined };
  return new CopyWay({ store, remotes });
}

const filesIn = at => readdirSync(at).filter(name => !name.startsWith('.'));

function needFiles(count) {
  const { length } = filesIn(place.path);
  if (length !== count || failures.length > 0) {
    throw new Error(
      `${length} files instead of ${count}; ${failures[0] ?? ''}`
    );
  }
}

function heldMb() {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

const WORKS = {
  async pull(way) {
    await way.prepare(place, task);
    needFiles(given.count);
  },
  push: way => way.push(place, task),
  refresh: way => way.refresh(place, task),
  async up() {
    const sizeBytes = statSync(given.file).size;
    const open = (range = {}) =>
      createReadStream(given.file, {
        start: range.start,
        ...(range.end !== undefined && { end: range.end - 1 }),
        highWaterMark: 1 << 18
      });
    await remote.write(given.name, { sizeBytes, open });
  },
  async down() {
    const { body } = await remote.read(given.name);
    await pipeline(body, createWriteStream(given.file));
  }
};

/** Megabytes that another thousand files leave behind: the first thousand is brought before, the rest measured. */
async function memory() {
  const way = await openWay();
  await way.prepare({ ...place, pattern: 'leaf-00*' }, task);
  needFiles(1000);
  const before = heldMb();
  await way.fetch(place, '*', task);
  needFiles(given.count);
  // Less than a tenth cannot be told from nothing.
  const slopeMb = Math.max(0.1, (heldMb() - before) / (given.count / 1000 - 1));
  await way.close();
  return { slopeMb };
}

async function timed() {
  const way = await openWay();
  // The service has had its HTTP client read long before; the peers' time has the start of their process in it.
  await import('undici');
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const since = performance.now();
  await WORKS[work](way);
  const ms = performance.now() - since;
  loop.disable();
  await way.close();
  if (failures.length > 0) {
    throw new Error(failures[0]);
  }
  return { ms, blockMs: loop.max / 1e6 };
}

console.log(JSON.stringify(await (work === 'memory' ? memory() : timed())));
process.exit(0);
