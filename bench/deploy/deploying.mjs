/** Deployments of the benchmark's own service, from the order to the first answer. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 5;
const GIVE_UP_MS = 600_000;

/** Wait until something is so, and give it. */
export async function until(isSo, what) {
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
 * Deploys, and asks for one prediction.
 * @param {object} order - Body of the order: module and target, options.
 * @param {object} asked - Arguments and files of the prediction.
 * @returns milliseconds from the order to the answer, and the deployment.
 */
export async function deploy(service, order, asked) {
  const since = performance.now();
  const { id } = await service.ask('/deployments', 'POST', order);
  const ready = await until(async () => {
    const now = await service.ask(`/deployments/${id}`);
    if (now.state === 'failed') {
      throw new Error(now.error);
    }
    return now.state === 'ready' && now;
  }, 'a module that is ready');
  const run = await service.ask('/inference/predictions', 'POST', {
    module: order.module,
    arguments: {},
    files: {},
    ...asked
  });
  const { state, deployment, error } = await until(async () => {
    const now = await service.ask(`/runs/${run.id}`);
    return now.endedAt && now;
  }, 'an answer');
  const ms = performance.now() - since;
  if (state !== 'succeeded' || deployment !== id) {
    throw new Error(
      `The prediction ended ${state}, by ${deployment}: ${error}`
    );
  }
  return { ms, ready };
}

/** @param {boolean} isKept - What was made for it stays. */
export async function end(service, id, isKept = false) {
  const more = isKept ? '' : '?remove=true';
  await service.ask(`/deployments/${id}${more}`, 'DELETE');
  await until(async () => {
    const { deployments } = await service.ask('/deployments');
    return !deployments.some(
      each => each.id === id && !['stopped', 'failed'].includes(each.state)
    );
  }, 'that nothing is left');
}

/**
 * Milliseconds of some deployments one after another; a first one, which is not counted, makes what all others find.
 * @param {object} [consent] - To foreign code, at that first one.
 */
export async function rounds(service, order, asked, count, consent) {
  const first = await deploy(service, { ...order, consent }, asked);
  await end(service, first.ready.id, true);
  const values = [];
  for (let round = 0; round < count; round++) {
    const { ms, ready } = await deploy(service, order, asked);
    values.push(ms);
    await end(service, ready.id);
  }
  return values;
}
