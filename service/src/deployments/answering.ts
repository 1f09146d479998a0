import { setTimeout as sleep } from 'node:timers/promises';
import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';
import { probeSocket } from '../lifecycle/probe';
import { startFailure, startTimeout } from './endings';
import { ModuleProcess } from './moduleProcess';

const POLL_MS = 25;
const PROBE_TIMEOUT_MS = 2_000;

/** What is waited for. */
export interface IAwaited {
  title: string;
  socket: string;
  logFile: string;
  /** The model that must answer, where it is known. */
  modelPath?: string;
}

/** Whether something speaks HTTP on a module's socket now. */
export const answersAt = async (socket: string): Promise<boolean> =>
  (await probeSocket(socket, '/', PROBE_TIMEOUT_MS)) !== undefined;

/**
 * Wait until a module's API has answered.
 *
 * @throws DeepError `module-start-failed`, or what the module itself said when it gave up.
 */
export async function awaitAnswer(
  awaited: IAwaited,
  client: ModuleClient,
  process: ModuleProcess,
  startSeconds: number,
  explain = startFailure
): Promise<IModuleDescription> {
  const over = new AbortController();
  const timeout = AbortSignal.timeout(startSeconds * 1000);
  const signal = AbortSignal.any([over.signal, timeout]);
  const gone = process.exited.then(async exit => {
    throw await explain(awaited.title, exit, awaited.logFile);
  });
  // Its end after the answer is the news of whoever watches it.
  gone.catch(() => undefined);
  try {
    return await Promise.race([gone, ask(awaited, client, signal)]);
  } catch (error) {
    throw timeout.aborted
      ? await startTimeout(awaited.title, startSeconds, awaited.logFile)
      : error;
  } finally {
    over.abort();
  }
}

async function ask(
  { title, socket, modelPath }: IAwaited,
  client: ModuleClient,
  signal: AbortSignal
): Promise<IModuleDescription> {
  while (!(await answersAt(socket))) {
    await sleep(POLL_MS, undefined, { signal });
  }
  const about = await client.describe({ signal });
  if (modelPath && about.modelPath !== modelPath) {
    throw new DeepError(
      'module-unreachable',
      `Something else than ${title} answers on its socket.`
    );
  }
  return about;
}
