/** What the parts of the benchmark share: folders, bundles, processes of ours, and figures that say what they were taken on. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { at } from '../../scripts/paths.mjs';
import { figure } from '../report.mjs';
import { authorization } from './cloud.mjs';

const BENCH = 'storage';
const LIMIT_MS = 300_000;

const run = promisify(execFile);
const folder = at('.cache/bench/storage');
export const inFolder = (...parts) => path.join(folder, ...parts);
export const onStandIn = name => `${name}, on the stand-in`;

const PROPERTIES =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getlastmodified/><d:getetag/><d:getcontenttype/><d:getcontentlength/><d:resourcetype/><oc:fileid/><oc:size/><oc:permissions/></d:prop></d:propfind>';

export const bundle = name =>
  build({
    entryPoints: [at('bench/storage', `${name}.mjs`)],
    outfile: inFolder(`${name}.mjs`),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: {
      '@jupyterlab-deep/protocol': at('protocol/src/index.ts'),
      '@jupyterlab-deep/kernel-helpers': at('kernel-helpers/src/index.ts')
    },
    logLevel: 'error'
  });

export async function inProcess(name, args) {
  const { stdout } = await run(
    process.execPath,
    ['--expose-gc', inFolder(`${name}.mjs`), ...args],
    { timeout: LIMIT_MS, maxBuffer: 1 << 24 }
  );
  return JSON.parse(stdout);
}

let made = 0;

/** What the last run left. */
export function clear() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** A folder that was not there: for some seconds after files were deleted, ext4 is slow to make new ones. */
export function fresh(name) {
  made += 1;
  const path = inFolder(`${name}-${made}`);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The listing of the folder with many files, with eight properties. */
export async function listMany(cloud) {
  const reply = await fetch(`${cloud.files}/many/`, {
    method: 'PROPFIND',
    body: PROPERTIES,
    headers: { depth: '1', authorization: authorization(cloud) }
  });
  return Buffer.from(await reply.arrayBuffer());
}

export const lower = (name, values, unit, goal) =>
  figure({ bench: BENCH, figure: name, values, unit, better: 'lower', goal });

/** Against a peer on the same stand-in. */
export const against = (
  name,
  values,
  unit,
  peer,
  peerValues,
  better = 'higher'
) =>
  figure({
    bench: BENCH,
    figure: name,
    values,
    unit,
    better,
    peer: { name: onStandIn(peer), values: peerValues }
  });
