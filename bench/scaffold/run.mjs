/**
 * From the order to write a new module to its first prediction: written, its environment made of packages that were fetched
 * before, started, asked. Every round has a store of its own, so that no environment is there already.
 * Usage: npm run bench -- scaffold [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { venvBin } from '../../scripts/paths.mjs';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';

const BENCH = 'scaffold';
const ROUNDS = 3;
const LOOK_MS = 20;
const GIVE_UP_MS = 300_000;

async function until(isSo, what) {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const found = await isSo();
    if (found) {
      return found;
    }
    if (performance.now() > deadline) {
      throw new Error(`Not seen: ${what}`);
    }
    await sleep(LOOK_MS);
  }
}

/** Seconds from the order to the answer, and from a save to the answer by what was saved. */
async function round(home) {
  configure(home, []);
  const service = await new ServiceProcess(home, [], {
    DEEP_UV: `${venvBin}/uv`,
    DEEP_PYTHON: `${venvBin}/python`,
    UV_CACHE_DIR: process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
  }).start();
  try {
    const folder = { from: 'path', path: path.join(home, 'sentences') };
    const since = performance.now();
    await service.ask('/develop/modules', 'POST', {
      variant: 'text',
      title: 'Sentences',
      folder
    });
    const { id, module } = await service.ask('/develop/sessions', 'POST', {
      folder
    });
    await serving(service, id);
    await predict(service, module);
    const first = (performance.now() - since) / 1000;
    const again = performance.now();
    await service.ask(`/develop/sessions/${id}/restart`, 'POST', {});
    await serving(service, id, 2);
    await predict(service, module);
    return { first, again: (performance.now() - again) / 1000 };
  } finally {
    await service.stop();
  }
}

const serving = (service, id, starts = 1) =>
  until(async () => {
    const now = await service.ask(`/develop/sessions/${id}`);
    if (now.state === 'failed' || now.state === 'asking') {
      throw new Error(now.problem?.detail ?? now.state);
    }
    return now.state === 'serving' && now.starts >= starts;
  }, 'a module that is served');

async function predict(service, module) {
  const { id } = await service.ask('/inference/predictions', 'POST', {
    module,
    arguments: { text: 'Where is it?' },
    files: {}
  });
  const { state } = await until(async () => {
    const now = await service.ask(`/runs/${id}`);
    return now.endedAt && now;
  }, 'an answer');
  if (state !== 'succeeded') {
    throw new Error(`The prediction ended ${state}`);
  }
}

async function figures() {
  const rounds = [];
  // The first fills the cache of packages.
  for (let count = 0; count <= ROUNDS; count++) {
    const home = mkdtempSync(path.join(tmpdir(), 'bs-'));
    try {
      rounds.push(await round(home));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  const counted = rounds.slice(1);
  const common = { bench: BENCH, unit: 's', better: 'lower' };
  return [
    figure({
      ...common,
      figure: 'seconds',
      values: counted.map(({ first }) => first),
      goal: 10
    }),
    figure({
      ...common,
      figure: 'restart_seconds',
      values: counted.map(({ again }) => again)
    })
  ];
}

await measure(BENCH, figures);
