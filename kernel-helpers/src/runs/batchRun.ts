import type { BatchItem } from '@jupyterlab-deep/protocol';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { Evaluation } from './evaluation';
import { ItemsRun } from './itemsRun';
import type { IWaiting } from './runHandle';

/** A batch that the service carries out: it outlives this kernel, and the service too. */
export class BatchRun extends ItemsRun {
  /** How many files have ended, of how many. */
  get progress(): { done: number; failed: number; total: number } {
    const { progress, batch } = this._run;
    const { done = 0, total = 0 } = progress ?? {};
    return { done, failed: batch?.failed ?? 0, total };
  }

  /** Folder of the files of results: `results.jsonl`, `results.csv`, `gallery.html`. */
  get folder(): string {
    return this._run.batch?.results.path ?? '';
  }

  /**
   * Files that have ended, in that order, as they come; ends with the run, or when it rests.
   *
   * ```ts
   * for await (const { path, label, error } of run.results()) { console.log(path, label ?? error?.detail); }
   * ```
   */
  results(options: IWaiting = {}): AsyncGenerator<BatchItem, void, void> {
    const path = `${this._path}/items`;
    return this._items<BatchItem>(path, ({ order }) => order, options);
  }

  /**
   * What was found for what so far, in an evaluation.
   *
   * @throws DeepError `conflict` of a batch whose files have no labels.
   */
  evaluation(options: IWaiting = {}): Promise<Evaluation> {
    return Evaluation.of(this, options.signal);
  }

  /** Do the files that failed again. */
  retryFailed(): Promise<this> {
    return this.retry();
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    const { title, state } = this._run;
    const row = { state, ...this.progress, results: this.folder };
    return tableBundle([row], Object.keys(row), `${title} (run ${this.id})`);
  }

  protected override _words(): string {
    const { failed } = this.progress;
    return `${super._words()}${failed > 0 ? `, ${failed} failed` : ''}`;
  }
}
