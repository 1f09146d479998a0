import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { RunJournal } from './journal';

/** Who carries out runs of one kind, and what can be done with them. */
export interface IRunWorker {
  cancel(id: string): Run | Promise<Run>;
  pause?(id: string): Run | Promise<Run>;
  resume?(id: string): Run | Promise<Run>;
  /** Do what failed again. */
  retry?(id: string): Run | Promise<Run>;
  remove(id: string): Promise<void>;
}

/** What can be asked of a run. */
export type RunChange = 'cancel' | 'pause' | 'resume' | 'retry';

/** Finds who carries a run out, by its kind. */
export class RunWorkers {
  constructor(
    private readonly _journal: RunJournal,
    private readonly _workers: Record<Run['kind'], IRunWorker>
  ) {}

  /** @throws DeepError `not-found`; `conflict` when runs of its kind, or in its state, cannot do so. */
  async change(id: string, change: RunChange): Promise<Run> {
    const { kind } = this._journal.get(id);
    const worker = this._workers[kind];
    if (!worker[change]) {
      throw new DeepError('conflict', `A ${kind} has no “${change}”.`, {
        hint: 'Cancel it and begin a new one.'
      });
    }
    return worker[change](id);
  }

  /** @throws DeepError `not-found`; `conflict` while it is at work. */
  remove(id: string): Promise<void> {
    return this._workers[this._journal.get(id).kind].remove(id);
  }
}
