import type { Run } from '@jupyterlab-deep/protocol';
import type { IProgress } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { carryOutRun, IWaitingForEnd } from '../runs/carryOut';
import { sizeWords } from './size';

/** Options of everything that waits for a transfer. */
export type ITransferOptions = IWaitingForEnd;

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
export const carryOut = async (
  path: string,
  body: unknown,
  options: ITransferOptions
): Promise<Transfer> =>
  new Transfer(
    await carryOutRun(path, body, options, { show: showRun, end: endWords })
  );

/** Files done of all of them, with speed. */
export function showRun(line: IProgress, run: Run): void {
  const { progress, transfer, title, phase } = run;
  const speed = transfer?.bytesPerS
    ? `, ${sizeWords(transfer.bytesPerS)}/s`
    : '';
  const words = `${title}: ${phase || run.state}${speed}`;
  line.update(words, progress?.total ? progress : undefined);
}

function endWords({ progress, transfer }: Run): string {
  const files = progress ? `, ${progress.done} files` : '';
  const failed = transfer?.failed ? `, ${transfer.failed} failed` : '';
  return `${files}${failed}`;
}
