import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display, type IProgress } from '../display';
import { interruptible } from '../interrupt';
import {
  CHECK_EVERY_MS,
  findRun,
  isAtWork,
  IWaiting,
  runPath
} from './runHandle';

/** Options of what is a run, and is waited for. */
export interface IWaitingForEnd extends IWaiting {
  /** When the waiting is cancelled (signal, stop button), cancel the run too. Else it goes on: *Activity* shows it. */
  cancelsRun?: boolean;
}

/**
 * Begin a run and wait for its end, which is shown as it nears.
 *
 * @param path Of the service, which answers a POST with the run.
 * @throws DeepError why it could not be done; `cancelled` when the waiting or the run was; `interrupted` when it rests.
 */
export function carryOutRun(
  path: string,
  body: unknown,
  { signal, cancelsRun = false }: IWaitingForEnd,
  shown: carryOutRun.IShown = {}
): Promise<Run> {
  return interruptible(signal, async stop => {
    const run = await service.json<Run>(path, {
      method: 'POST',
      body,
      signal: stop
    });
    try {
      return await untilEnd(run, cancelsRun, shown, stop);
    } catch (error) {
      if (cancelsRun && (error as DeepError).key === 'cancelled') {
        const options = { method: 'POST', body: {} } as const;
        await service.json(`${runPath(run.id)}/cancel`, options);
      }
      throw error;
    }
  });
}

export namespace carryOutRun {
  export interface IShown {
    show?(line: IProgress, run: Run): void;
    /** Behind how it ended. */
    end?(run: Run): string;
  }
}

async function untilEnd(
  started: Run,
  cancelsRun: boolean,
  { show = showUsual, end = () => '' }: carryOutRun.IShown,
  signal: AbortSignal | undefined
): Promise<Run> {
  const line = display.progress(started.title);
  let run = started;
  try {
    while (isAtWork(run)) {
      show(line, run);
      throwIfCancelled(signal);
      await sleep(CHECK_EVERY_MS);
      run = await findRun(run.id, signal);
    }
  } finally {
    const left = cancelsRun ? 'cancelled' : 'it goes on';
    const how = isAtWork(run) ? left : run.state;
    line.end(`${run.title}: ${how}${end(run)}`);
  }
  refuseUnlessDone(run);
  return run;
}

const showUsual = (line: IProgress, run: Run): void =>
  line.update(`${run.title}: ${run.phase || run.state}`, run.progress);

function refuseUnlessDone({ state, error, title }: Run): void {
  if (state === 'succeeded') {
    return;
  }
  if (error) {
    throw DeepError.fromProblem(error);
  }
  throw state === 'cancelled'
    ? new DeepError('cancelled', `${title} was cancelled.`)
    : new DeepError('interrupted', `${title} is ${state}.`, {
        hint: 'Resume it in Activity.'
      });
}
