/** What the service costs: time from its start to its first answer, memory once idle. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '../../scripts/paths.mjs';

const GIVE_UP_MS = 20_000;
const IDLE_AFTER_MS = 4000;

const request = (socketPath, route, headers = {}) =>
  new Promise((resolve, reject) => {
    http
      .get({ socketPath, path: route, headers }, reply => {
        reply.resume();
        reply.on('end', () => resolve(reply.statusCode));
      })
      .on('error', reject);
  });

function discovery(home) {
  try {
    return JSON.parse(
      readFileSync(path.join(home, 'runtime/deep/service.json'), 'utf8')
    );
  } catch {
    return undefined; // Not written yet: asked again.
  }
}

async function untilItAnswers(home, started) {
  while (performance.now() - started < GIVE_UP_MS) {
    const found = discovery(home);
    if (found && (await request(found.socket, '/').catch(() => 0)) === 200) {
      return found;
    }
    await sleep(5);
  }
  throw new Error('The service did not answer within 20 s');
}

function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

/** @returns {{ms: number, idleMb: number}} of one start of the service. */
export async function measureService() {
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [at('jupyterlab_deep/node/service.mjs'), 'serve'],
    {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        HOME: home,
        DEEP_DATA_DIR: path.join(home, 'data'),
        DEEP_RUNTIME_DIR: path.join(home, 'runtime'),
        DEEP_MODULES_PATH: at('jupyterlab_deep/modules')
      }
    }
  );
  try {
    const { socket, token } = await untilItAnswers(home, started);
    const ms = performance.now() - started;
    const headers = { 'x-deep-token': token };
    for (const route of ['/health', '/catalogue/modules', '/runs']) {
      const status = await request(socket, route, headers);
      if (status !== 200) {
        throw new Error(`GET ${route} answered ${status}`);
      }
    }
    await sleep(IDLE_AFTER_MS);
    return { ms, idleMb: residentMb(child.pid) };
  } finally {
    child.kill('SIGTERM');
    await new Promise(resolve => child.once('exit', resolve));
    rmSync(home, { recursive: true, force: true });
  }
}
