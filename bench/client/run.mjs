/**
 * The module client against Python's requests: 1,000 distinct pictures of 15 kB, one a post, to a trivial server in a process of its
 * own. Usage: npm run bench -- client [--json]
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { at, peersVenv } from '../../scripts/paths.mjs';
import { figure, measure } from '../report.mjs';

const BENCH = 'client';
const POSTS = 1000;
const SIZE_BYTES = 15_000;
const CALLERS = 8;
const ROUNDS = 5;
/** Of one side in one round. */
const LIMIT_MS = 120_000;

const run = promisify(execFile);
const python = `${peersVenv}/bin/python`;
const folder = at('.cache/bench/client/pictures');
/** Below the project, so that it finds the same packages as ours do. */
const client = at('.cache/bench/client/client.mjs');

function peerName() {
  const print = 'import requests; print(requests.__version__)';
  const { status, stdout } = spawnSync(python, ['-c', print], {
    encoding: 'utf8'
  });
  if (status !== 0) {
    throw new Error(
      'The peer is not installed: node scripts/setup.mjs --peers'
    );
  }
  return `requests ${stdout.trim()}, ${CALLERS} threads`;
}

/** No two are alike, as pictures are. */
function makePictures() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < POSTS; index++) {
    writeFileSync(path.join(folder, `${index}.jpg`), randomBytes(SIZE_BYTES));
  }
}

const bundleClient = () =>
  build({
    entryPoints: [at('kernel-helpers/src/deepaas/index.ts')],
    outfile: client,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { '@jupyterlab-deep/protocol': at('protocol/src/index.ts') },
    logLevel: 'error'
  });

async function startServer() {
  const child = spawn(process.execPath, [at('bench/client/server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const [port] = await once(child.stdout, 'data');
  const endpoint = `http://127.0.0.1:${String(port).trim()}`;
  return { endpoint, stop: () => child.kill() };
}

/** Posts a second of one side, alone on the machine; each round has its own server. */
async function rate(command, args) {
  const server = await startServer();
  try {
    const { stdout } = await run(command, args(server.endpoint), {
      timeout: LIMIT_MS
    });
    const arrived = await (await fetch(`${server.endpoint}/arrived`)).json();
    if (arrived.posts !== 2 * POSTS || arrived.bytes < 2 * POSTS * SIZE_BYTES) {
      throw new Error(`Not all arrived: ${JSON.stringify(arrived)}`);
    }
    return POSTS / Number(stdout);
  } finally {
    server.stop();
  }
}

const ours = () =>
  rate(process.execPath, endpoint => [
    at('bench/client/ours.mjs'),
    client,
    endpoint,
    folder,
    String(CALLERS)
  ]);

const theirs = () =>
  rate(python, endpoint => [
    at('bench/client/peer.py'),
    endpoint,
    folder,
    String(CALLERS)
  ]);

await measure(BENCH, async () => {
  const name = peerName();
  makePictures();
  await bundleClient();
  const values = { ours: [], peer: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    values.ours.push(await ours());
    values.peer.push(await theirs());
    console.error(
      `round ${round}: ours ${values.ours.at(-1).toFixed(0)}, peer ${values.peer.at(-1).toFixed(0)}`
    );
  }
  return [
    figure({
      bench: BENCH,
      figure: 'posts_per_second',
      values: values.ours,
      unit: 'posts/s',
      better: 'higher',
      peer: { name, values: values.peer }
    })
  ];
});
