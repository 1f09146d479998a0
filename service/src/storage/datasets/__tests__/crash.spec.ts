import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../__tests__/bundles';
import { isPart } from '../copy/landing';
import { DiskRemote } from './diskRemote';
import { contentsOf } from './storageHere';

const KILLS = 40;
const FILES = 120;

let folder: string;
let child: string;
let remote: DiskRemote;

beforeAll(() => {
  folder = mkdtempSync('/tmp/dc-');
  child = path.join(folder, 'child.mjs');
  execFileSync(path.join(ROOT, 'node_modules/.bin/esbuild'), [
    path.join(__dirname, 'crashChild.ts'),
    '--bundle',
    '--platform=node',
    '--target=node24',
    '--format=esm',
    '--log-level=error',
    "--banner:js=import { createRequire as made } from 'node:module'; const require = made(import.meta.url);",
    `--outfile=${child}`
  ]);
  mkdirSync(path.join(folder, 'store'));
  remote = new DiskRemote(path.join(folder, 'cloud'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same numbers in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A content that tells by itself whether it is whole. */
function whole(text: string): string {
  const body = `${text} `.repeat(400);
  return `${body}|${createHash('sha256').update(body).digest('hex')}`;
}

function isWhole(content: string): boolean {
  const [body, sum] = content.split('|');
  return createHash('sha256').update(body).digest('hex') === sum;
}

const here = (name = ''): string => path.join(folder, 'here', name);
const cloud = (name = ''): string => remote.at(path.join('plants', name));

interface IEnd {
  waiting: { files: number };
  conflicts: unknown[];
  failed: string[];
}

/** @returns what it said at its end; undefined when it was killed before. */
function carryOut(
  act: string,
  killAfterMs?: number
): Promise<IEnd | undefined> {
  const process_ = spawn(process.execPath, [child, folder, act], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  let text = '';
  process_.stdout.on('data', data => {
    const isFirst = text === '';
    text += data;
    if (isFirst && killAfterMs !== undefined) {
      setTimeout(() => process_.kill('SIGKILL'), killAfterMs);
    }
  });
  return new Promise(resolve =>
    process_.on('close', () => {
      const last = text.trim().split('\n').at(-1) ?? '';
      resolve(last.startsWith('{') ? JSON.parse(last) : undefined);
    })
  );
}

it(`leaves every file whole after each of ${KILLS} kills, and a restart finishes what was begun`, async () => {
  const random = seeded(6);
  const names = Array.from({ length: FILES }, (_, at) => `f${at}.txt`);
  names.forEach(name => remote.put(`plants/${name}`, whole(`cloud ${name}`)));
  let met = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Each side changes files of its own, so that no conflict is right.
    for (let change = 0; change < 15; change++) {
      const at = Math.floor(random() * FILES);
      if (at % 2 === 0) {
        remote.put(`plants/f${at}.txt`, whole(`cloud ${kill}-${change}`));
      } else if (existsSync(here(`f${at}.txt`))) {
        writeFileSync(here(`f${at}.txt`), whole(`here ${kill}-${change}`));
      }
    }
    if (kill > 0) {
      writeFileSync(here(`new-${kill}.txt`), whole(`new ${kill}`));
    }
    const act = kill % 2 === 0 ? 'refresh' : 'push';
    const end = await carryOut(act, Math.floor(random() * 220));
    met += end ? 0 : 1;
    for (const side of [here(), cloud()].filter(existsSync)) {
      const named = Object.entries(contentsOf(side)).filter(
        ([name]) => !isPart(name) && !name.endsWith('.tmp')
      );
      expect(named.filter(([, content]) => !isWhole(content))).toEqual([]);
    }
    if (kill % 8 === 7) {
      await carryOut('refresh');
      const done = await carryOut('push');
      expect(done).toEqual({
        waiting: { files: 0, bytes: 0 },
        conflicts: [],
        failed: []
      });
      await carryOut('refresh');
      expect(contentsOf(here())).toEqual(contentsOf(cloud()));
      expect(readdirSync(here()).filter(isPart)).toEqual([]);
    }
  }
  // How many of them meet a process at work depends on the machine.
  expect(met).toBeGreaterThan(KILLS / 8);
});
