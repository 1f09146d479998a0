import { setTimeout as sleep } from 'node:timers/promises';
import type {
  BatchItem,
  BatchItems,
  Run,
  RunState
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { tableBundle } from '../display/table';
import { interruptible } from '../interrupt';
import { Evaluation } from './evaluation';

const CHECK_EVERY_MS = 500;
const PAGE_ITEMS = 200;
const AT_WORK: RunState[] = ['queued', 'running'];

/** A batch that the service carries out: it outlives this kernel, and the service too. */
export class BatchRun {
  /** @param run As the service last told it. */
  constructor(run: Run) {
    this.id = run.id;
    this._run = run;
  }

  readonly id: string;

  /** What was last heard of it; `refresh` asks again. */
  get state(): RunState {
    return this._run.state;
  }

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

  /** Ask how it is. */
  async refresh(options: { signal?: AbortSignal } = {}): Promise<this> {
    this._run = await service.json<Run>(this._path(), options);
    return this;
  }

  /**
   * Show its progress until it ends or rests. The stop button ends the watching, not the run.
   *
   * @throws DeepError why it could not be done; `cancelled` when the watching or the run was.
   */
  async watch(options: { signal?: AbortSignal } = {}): Promise<this> {
    return interruptible(options.signal, async signal => {
      const line = display.progress(this._run.title);
      try {
        await this._until(signal, () => {
          const { done, total } = this.progress;
          line.update(this._words(), { done, total: Math.max(total, 1) });
        });
      } finally {
        line.end(this._words());
      }
      this._refuseFailed();
      return this;
    });
  }

  /**
   * Files that have ended, in that order, as they come; ends with the run, or when it rests.
   *
   * ```ts
   * for await (const { path, label, error } of run.results()) { console.log(path, label ?? error?.detail); }
   * ```
   */
  async *results(
    options: { signal?: AbortSignal } = {}
  ): AsyncGenerator<BatchItem> {
    let after = 0;
    for (;;) {
      throwIfCancelled(options.signal);
      const isOver = !AT_WORK.includes((await this.refresh(options)).state);
      const { items } = await service.json<BatchItems>(
        `${this._path()}/items`,
        { query: { after, limit: PAGE_ITEMS }, ...options }
      );
      yield* items;
      after = items[items.length - 1]?.order ?? after;
      if (items.length === 0) {
        if (isOver) {
          return;
        }
        await sleep(CHECK_EVERY_MS);
      }
    }
  }

  /**
   * What was found for what so far, in an evaluation.
   *
   * @throws DeepError `conflict` of a batch whose files have no labels.
   */
  evaluation(options: { signal?: AbortSignal } = {}): Promise<Evaluation> {
    return Evaluation.of(this, options.signal);
  }

  /** Let it rest. */
  pause(): Promise<this> {
    return this._change('pause');
  }

  /** Let it go on after a rest. */
  resume(): Promise<this> {
    return this._change('resume');
  }

  /** End it; what was done stays. */
  cancel(): Promise<this> {
    return this._change('cancel');
  }

  /** Do the files that failed again. */
  retryFailed(): Promise<this> {
    return this._change('retry');
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    const { title, state } = this._run;
    const row = { state, ...this.progress, results: this.folder };
    return tableBundle([row], Object.keys(row), `${title} (run ${this.id})`);
  }

  private async _until(
    signal: AbortSignal | undefined,
    onNews: () => void
  ): Promise<void> {
    for (;;) {
      throwIfCancelled(signal);
      await this.refresh({ signal });
      if (!AT_WORK.includes(this.state)) {
        return;
      }
      onNews();
      await sleep(CHECK_EVERY_MS);
    }
  }

  private async _change(what: string): Promise<this> {
    this._run = await service.json<Run>(`${this._path()}/${what}`, {
      method: 'POST',
      body: {}
    });
    return this;
  }

  private _words(): string {
    const { title, phase, state, batch } = this._run;
    const failed = batch?.failed ? `, ${batch.failed} failed` : '';
    return `${title}: ${phase || state}${failed}`;
  }

  private _refuseFailed(): void {
    const { error } = this._run;
    if (error && this.state !== 'succeeded') {
      throw DeepError.fromProblem(error);
    }
  }

  private _path(): string {
    return `/runs/${encodeURIComponent(this.id)}`;
  }

  private _run: Run;
}
