import { setTimeout as sleep } from 'node:timers/promises';
import type { Consent, Deployment } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';

const CHECK_EVERY_MS = 100;

/** Take a module that runs, here or elsewhere, or start it on this machine, and wait until its API answers. */
export async function startModule(
  module: string,
  signal?: AbortSignal,
  consent?: Consent
): Promise<Deployment> {
  const first = await service.json<Deployment>('/deployments', {
    method: 'POST',
    body: { module, consent },
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
  const isElsewhere = first.target === 'address';
  const doing = `${isElsewhere ? 'Asking' : 'Starting'} ${name}`;
  const line = display.progress(doing);
  const isHere = first.target === 'process';
  let outcome = isElsewhere
    ? `${name} did not answer`
    : `${name} was not started`;
  try {
    const ready = await watch(first, signal, ({ phase }) =>
      line.update(`${doing}${phase ? `: ${phase}` : ''}`)
    );
    outcome = `${name} is ready ${isHere ? 'on this machine' : `at ${placeOf(ready)}`}`;
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

const placeOf = ({ endpoint = '' }: Deployment): string =>
  URL.canParse(endpoint) ? new URL(endpoint).host : 'its address';

function refuseEnded(deployment: Deployment): void {
  const { id, title, module, state, error, target } = deployment;
  if (target === 'address') {
    refuseLost(deployment);
  }
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

/** Nothing here can start what runs elsewhere. */
function refuseLost(deployment: Deployment): void {
  const { title, module, state, error } = deployment;
  if (state !== 'unreachable' && state !== 'stopped') {
    return;
  }
  const says = error ? `: ${error}` : '.';
  throw new DeepError(
    'module-unreachable',
    `${title || module}, which runs at ${placeOf(deployment)}, is ${state}${says}`,
    {
      hint: 'Ask whoever runs it, or take “Connect to a running module…” in the DEEP panel and give its present address.'
    }
  );
}
