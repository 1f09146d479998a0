/**
 * From the order to deploy the image classifier to its first prediction: as a process, and in a container whose image is there
 * already. Usage: npm run bench -- deploy [--json]; an engine is named by DOCKER_HOST, its base image by DEEP_TARGETS_BASE_IMAGE.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';

const BENCH = 'deploy';
const MODULE = 'builtin/image-classifier';
const ROUNDS = 5;
const LOOK_MS = 5;
const GIVE_UP_MS = 300_000;
const ENGINE = process.env.DOCKER_HOST ?? process.env.CONTAINER_HOST;
const BASE = process.env.DEEP_TARGETS_BASE_IMAGE;

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

/**
 * Milliseconds from the order to the answer; afterwards it is stopped, or nothing of it is left.
 * @param {boolean} isKept - Its image stays at the engine.
 */
async function deployMs(service, target, isKept = false) {
  const since = performance.now();
  const { id } = await service.ask('/deployments', 'POST', {
    module: MODULE,
    target
  });
  await until(async () => {
    const { state, error } = await service.ask(`/deployments/${id}`);
    if (state === 'failed') {
      throw new Error(error);
    }
    return state === 'ready';
  }, 'a module that is ready');
  const run = await service.ask('/inference/predictions', 'POST', {
    module: MODULE,
    arguments: { top_k: 1 },
    files: { image: { from: 'example', example: 'cat' } }
  });
  const { state, deployment } = await until(async () => {
    const now = await service.ask(`/runs/${run.id}`);
    return now.endedAt && now;
  }, 'an answer');
  const ms = performance.now() - since;
  if (state !== 'succeeded' || deployment !== id) {
    throw new Error(`The prediction ended ${state}, by ${deployment}`);
  }
  await service.ask(
    `/deployments/${id}${isKept ? '' : '?remove=true'}`,
    'DELETE'
  );
  await until(async () => {
    const { deployments } = await service.ask('/deployments');
    return !deployments.some(
      each => each.id === id && !['stopped', 'failed'].includes(each.state)
    );
  }, 'that nothing is left');
  return ms;
}

async function rounds(service, target) {
  // Builds the image, which is there for all that follow.
  await deployMs(service, target, true);
  const values = [];
  for (let round = 0; round < ROUNDS; round++) {
    values.push(await deployMs(service, target));
  }
  return values;
}

function addEngine(home) {
  const file = path.join(home, 'config/deep.json');
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  settings.targets = {
    more: [{ id: 'bench', kind: 'container', address: ENGINE }],
    ...(BASE && { baseImage: BASE })
  };
  writeFileSync(file, JSON.stringify(settings));
}

async function figures() {
  const home = mkdtempSync(path.join(tmpdir(), 'bd-'));
  try {
    configure(home, []);
    if (ENGINE) {
      addEngine(home);
    } else {
      console.error('container_ms is left out: DOCKER_HOST names no engine.');
    }
    const service = await new ServiceProcess(home).start();
    const common = { bench: BENCH, unit: 'ms', better: 'lower' };
    const found = [
      figure({
        ...common,
        figure: 'process_ms',
        values: await rounds(service, 'process'),
        goal: 1000
      })
    ];
    if (ENGINE) {
      found.push(
        figure({
          ...common,
          figure: 'container_ms',
          values: await rounds(service, 'container:bench'),
          goal: 3000
        })
      );
    }
    await service.stop();
    return found;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

await measure(BENCH, figures);
