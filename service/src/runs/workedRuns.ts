import type { Logger } from 'pino';
import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { isLive, RunJournal } from './journal';
import { refuseEnded, refuseIdle, refuseUnpaused } from './steering';
import { Unfinished } from './unfinished';
import { WorkedRun } from './workedRun';
import { IRunWorker } from './workers';

/** Ended runs that stay open for who looks at them. */
const KEPT_OPEN = 4;

/** All runs of one kind: steered, and taken up again after any end of the service. */
export abstract class WorkedRuns<
  R extends WorkedRun,
  P extends WorkedRuns.IParts
> implements IRunWorker {
  constructor(
    protected readonly _parts: P,
    private readonly _kind: Run['kind']
  ) {}

  /** Go on with what an earlier service left. */
  takeUp(leftovers: readonly Run[]): void {
    for (const { id, state, kind } of leftovers) {
      if (kind !== this._kind) {
        continue;
      }
      try {
        const run = this._open(id);
        if (state !== 'paused') {
          run.start();
        }
      } catch (error) {
        this._parts.logger.warn({ err: error, run: id }, 'a run is lost');
        const says = `The record of its items cannot be read: ${(error as Error).message}.`;
        this._parts.journal.interrupt(id, says);
      }
    }
  }

  /** @throws DeepError `not-found`; `conflict` unless it is at work. */
  pause(id: string): Run {
    refuseIdle(this._parts.journal.get(id));
    return this._find(id).pause();
  }

  /** @throws DeepError `not-found`; `conflict` unless it is paused. */
  resume(id: string): Run {
    refuseUnpaused(this._parts.journal.get(id));
    return this._find(id).resume();
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended. */
  cancel(id: string): Run {
    refuseEnded(this._parts.journal.get(id));
    return this._find(id).cancel();
  }

  /** Do what failed again. @throws DeepError `not-found`; `conflict` when nothing failed. */
  async retry(id: string): Promise<Run> {
    const run = this._find(id);
    this._refuseRetry(run, this._parts.journal.get(id));
    return run.retry();
  }

  /**
   * Delete an ended run and its record; what it wrote elsewhere is the user's.
   *
   * @throws DeepError `not-found`; `conflict` while it is not ended.
   */
  async remove(id: string): Promise<void> {
    const run = this._opened.get(id);
    if (run && !isLive(this._parts.journal.get(id))) {
      this._opened.delete(id);
      await run.close();
    }
    await this._parts.journal.remove(id);
  }

  /** The service ends: everything stops where it is, and the next service goes on. */
  async close(): Promise<void> {
    this._isClosing = true;
    const all = [...this._opened.values()];
    this._opened.clear();
    await Promise.all(all.map(run => run.close()));
  }

  protected abstract _make(id: string): R;

  /** @throws DeepError `conflict` when there is nothing to do again. */
  protected abstract _refuseRetry(run: R, record: Run): void;

  /** @throws DeepError `not-found` also for a run of another kind. */
  protected _find(id: string): R {
    const { kind } = this._parts.journal.get(id);
    if (kind !== this._kind) {
      throw new DeepError('not-found', `This run is no ${this._kind}.`);
    }
    return this._opened.get(id) ?? this._open(id);
  }

  /** The run where it is open, as those are that are at work. */
  protected _opens(id: string): R | undefined {
    return this._opened.get(id);
  }

  protected _open(id: string): R {
    this._closeSome();
    const run = this._make(id);
    this._opened.set(id, run);
    return run;
  }

  /** By it a Jupyter that starts anew starts the service too. */
  protected _mark(): void {
    if (!this._isClosing) {
      const all = [...this._opened.values()];
      const isAtWork = all.some(({ isWorking }) => isWorking);
      this._parts.unfinished.mark(this._kind, isAtWork);
    }
  }

  private _closeSome(): void {
    const idle = [...this._opened].filter(
      ([id, run]) => !run.isWorking && !this._parts.journal.isLive(id)
    );
    for (const [id, run] of idle.slice(0, -KEPT_OPEN)) {
      this._opened.delete(id);
      void run.close();
    }
  }

  private readonly _opened = new Map<string, R>();
  private _isClosing = false;
}

export namespace WorkedRuns {
  export interface IParts {
    journal: RunJournal;
    unfinished: Unfinished;
    logger: Pick<Logger, 'warn'>;
  }
}
