import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IBeginning } from '../target';
import { removeImage, removeModel, removeRuntime } from './building';
import { containerSpec, IContainerParts } from './containerSpec';
import { Engine } from './engine';
import { isMissing, wordsOf } from './engineFailure';
import { byLabel, containerName, LABELS } from './labels';
import { podmanSpec } from './podmanSpec';

/** Ending takes ten seconds where a module does not do it itself. */
const ORDER_MS = 30_000;

/**
 * Make a container and start it; one that an earlier try has made is started.
 *
 * @throws DeepError `target-refused`, `target-unreachable`, `no-space`: then there is none
 */
export async function createContainer(
  engine: Engine,
  parts: IContainerParts,
  { signal, onLog }: IBeginning
): Promise<void> {
  const name = containerName(parts.deployment);
  signal.throwIfAborted();
  await engine.work('making the container', signal, async docker => {
    try {
      await make(docker, parts);
    } catch (error) {
      // A former service has made it and was killed before it could say so.
      if (!/already in use/i.test(wordsOf(error as Error))) {
        throw error;
      }
    }
  });
  try {
    await carryOut(engine, 'starting the container', signal, docker =>
      docker.getContainer(name).start()
    );
  } catch (error) {
    await removeContainer(engine, name);
    const { technical = '' } = error as DeepError;
    const lacksStart = /deep-start.*not found|not found.*deep-start/is.test(
      technical
    );
    if (
      !lacksStart ||
      parts.usesOwnCommand ||
      parts.choices.service !== 'deepaas'
    ) {
      throw error;
    }
    onLog('This image has no deep-start: it is started by its own command.');
    await createContainer(
      engine,
      { ...parts, usesOwnCommand: true },
      { signal, onLog, onPhase: () => undefined }
    );
  }
}

async function make(docker: Docker, parts: IContainerParts): Promise<void> {
  const order = containerSpec(parts);
  const { gpus = 0 } = parts.choices;
  if (gpus === 0 || !parts.isPodman) {
    await docker.createContainer(order);
    return;
  }
  const path = '/v4.0.0/libpod/containers/create?';
  const options = podmanSpec(order, gpus);
  await promisify(docker.modem.dial.bind(docker.modem))({
    path,
    method: 'POST',
    options,
    statusCodes: { 201: true }
  });
}

/** An order that was carried out before, or has nothing to be carried out on, is no failure. */
export async function carryOut(
  engine: Engine,
  doing: string,
  signal: AbortSignal,
  order: (docker: Docker) => Promise<unknown>
): Promise<void> {
  const call = async (docker: Docker): Promise<void> => {
    try {
      await order(docker);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 304) {
        throw error;
      }
    }
  };
  await engine.ask(doing, signal, call, ORDER_MS);
}

/** Remove everything of a deployment: its container, what was built for it, what was fetched for it and is used by nobody else. */
export async function leaveNothing(
  engine: Engine,
  deployment: string,
  signal: AbortSignal
): Promise<void> {
  const containers = await containersOf(engine, deployment, signal);
  for (const { Id, Labels, Image } of containers) {
    await removeContainer(engine, Id);
    await (await engine.tunnel())?.unforward(Id);
    if (Labels?.[LABELS.fetched] === 'true') {
      await removeImage(engine, Image, signal);
    }
    const runtime = Labels?.[LABELS.runtime];
    await (runtime && removeRuntime(engine, runtime, signal));
  }
  await removeModel(engine, deployment, signal);
}

/** The containers of a deployment: one, or none. */
export const containersOf = (
  engine: Engine,
  deployment: string,
  signal: AbortSignal
): Promise<Docker.ContainerInfo[]> =>
  engine.ask('its containers', signal, (docker, abortSignal) =>
    docker.listContainers({
      all: true,
      filters: byLabel(LABELS.deployment, deployment),
      abortSignal
    })
  );

/** Also when whoever wanted it is gone: nothing may be left. */
const removeContainer = (engine: Engine, name: string): Promise<void> =>
  engine.ask(
    'removing a container',
    new AbortController().signal,
    async docker => {
      try {
        await docker.getContainer(name).remove({ force: true, v: true });
      } catch (error) {
        if (!isMissing(error)) {
          throw error;
        }
      }
    },
    ORDER_MS
  );
