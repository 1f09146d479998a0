import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunState } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display, type IProgress } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { interruptible } from '../interrupt';
import { sizeWords } from './size';

const LOOK_EVERY_MS = 300;
const AT_WORK: RunState[] = ['queued', 'running'];

/** Options of everything that waits for a transfer. */
export interface ITransferOptions {
  signal?: AbortSignal;
  /** When the waiting is cancelled (signal, stop button), cancel the transfer too. Else it goes on: *Activity* shows it. */
  cancelsRun?: boolean;
}

/** A transfer that has ended. */
export class Transfer {
  constructor(run: Run) {
    this.id = run.id;
    this.title = run.title;
    this.files = run.progress?.done ?? 0;
    this.bytes = run.transfer?.doneBytes ?? 0;
    this.failed = run.transfer?.failed ?? 0;
  }

  /** Of its run. */
  readonly id: string;
  readonly title: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be done; the log of the run says why. */
  readonly failed: number;

  [SHOWN_AS](): IMimeBundle {
    const { files, bytes, failed } = this;
    const row = { files, size: sizeWords(bytes), failed };
    return tableBundle([row], Object.keys(row), this.title);
  }
}

/**
 * Start a transfer and wait for its end, which is shown as it nears.
 *
 * @throws DeepError why it could not be done; `cancelled` when the waiting or the run was; `interrupted` when it rests.
 */
export function carryOut(
  path: string,
  body: unknown,
  { signal, cancelsRun = false }: ITransferOptions
): Promise<Transfer> {
  return interruptible(signal, async stop => {
    const run = await service.json<Run>(path, {
      method: 'POST',
      body,
      signal: stop
    });
    const line = display.progress(run.title);
    try {
      return new Transfer(await untilEnd(run, line, cancelsRun, stop));
    } catch (error) {
      if (cancelsRun && (error as DeepError).key === 'cancelled') {
        await service.json(`${runPath(run.id)}/cancel`, {
          method: 'POST',
          body: {}
        });
      }
      throw error;
    }
  });
}

async function untilEnd(
  started: Run,
  line: IProgress,
  cancelsRun: boolean,
  signal: AbortSignal | undefined
): Promise<Run> {
  let run = started;
  try {
    while (AT_WORK.includes(run.state)) {
      showRun(line, run);
      throwIfCancelled(signal);
      await sleep(LOOK_EVERY_MS);
      run = await findRun(run.id, signal);
    }
  } finally {
    line.end(`${run.title}: ${endWords(run, cancelsRun)}`);
  }
  refuseFailed(run);
  return run;
}

/** A run as it is now. */
export const findRun = (id: string, signal?: AbortSignal): Promise<Run> =>
  service.json<Run>(runPath(id), { signal });

const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;

/** Files done of all of them, with speed. */
export function showRun(line: IProgress, run: Run): void {
  const { progress, transfer, title, phase } = run;
  const speed = transfer?.bytesPerS
    ? `, ${sizeWords(transfer.bytesPerS)}/s`
    : '';
  const words = `${title}: ${phase || run.state}${speed}`;
  line.update(words, progress?.total ? progress : undefined);
}

function endWords(
  { state, progress, transfer }: Run,
  cancelsRun: boolean
): string {
  const left = cancelsRun ? 'cancelled' : 'it goes on';
  const files = progress ? `, ${progress.done} files` : '';
  const failed = transfer?.failed ? `, ${transfer.failed} failed` : '';
  return `${AT_WORK.includes(state) ? left : state}${files}${failed}`;
}

function refuseFailed({ state, error, title }: Run): void {
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
