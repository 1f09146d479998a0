import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';

const CHECK_EVERY_MS = 100;

/** Start a module on this machine, or take the running one, and wait until its API answers. */
export async function startModule(
  module: string,
  signal?: AbortSignal
): Promise<Deployment> {
  const first = await service.json<Deployment>('/deployments', {
    method: 'POST',
    body: { module },
    signal
  });
  return untilReady(first, signal);
}

/** A deployment by its id, once it is ready. */
export async function findDeployment(
  id: string,
  signal?: AbortSignal
): Promise<Deployment> {
  const path = `/deployments/${encodeURIComponent(id)}`;
  return untilReady(await service.json<Deployment>(path, { signal }), signal);
}

/** Shows in place what the module is doing and how long already. */
async function untilReady(
  first: Deployment,
  signal?: AbortSignal
): Promise<Deployment> {
  const name = first.title || first.module;
  const line = display.progress(`Starting ${name}`);
  let outcome = `${name} was not started`;
  try {
    const ready = await watch(first, signal, ({ phase }) =>
      line.update(`Starting ${name}${phase ? `: ${phase}` : ''}`)
    );
    outcome = `${name} is ready on this machine`;
    return ready;
  } finally {
    line.end(outcome);
  }
}

async function watch(
  first: Deployment,
  signal: AbortSignal | undefined,
  onChange: (deployment: Deployment) => void
): Promise<Deployment> {
  let current = first;
  const path = `/deployments/${encodeURIComponent(first.id)}`;
  while (current.state !== 'ready') {
    refuseEnded(current);
    onChange(current);
    throwIfCancelled(signal);
    await sleep(CHECK_EVERY_MS);
    current = await service.json<Deployment>(path, { signal });
  }
  return current;
}

function refuseEnded({ id, title, module, state, error }: Deployment): void {
  if (state !== 'failed' && state !== 'stopped' && state !== 'stopping') {
    return;
  }
  const says = error ? `: ${error}` : '.';
  throw new DeepError(
    state === 'failed' ? 'module-start-failed' : 'module-unreachable',
    `${title || module} (${id}) is ${state}${says}`,
    {
      hint: `Its log is in the DEEP panel. modules.open('${module}') starts it anew.`
    }
  );
}
