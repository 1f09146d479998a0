import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { isLive, RunJournal } from './journal';

/** What a run's work can say while it goes on, and how it learns that it must stop. */
export interface IWork {
  readonly id: string;
  readonly signal: AbortSignal;
  update(change: Partial<Run>): void;
}

/** Carries runs out, and stops them. */
export class Running {
  constructor(private readonly _journal: RunJournal) {}

  /**
   * Carry a run out; whatever happens ends up in its record.
   *
   * @param work Resolves with what the ended run shows, such as its result.
   */
  async carryOut(
    id: string,
    work: (work: IWork) => Promise<Partial<Run>>
  ): Promise<void> {
    const controller = new AbortController();
    this._controllers.set(id, controller);
    const { signal } = controller;
    const update = (change: Partial<Run>): void => {
      if (!signal.aborted) {
        this._journal.update(id, change);
      }
    };
    try {
      const change = await work({ id, signal, update });
      if (!signal.aborted) {
        this._journal.end(id, 'succeeded', change);
      }
    } catch (error) {
      this._fail(id, error, signal);
    } finally {
      this._controllers.delete(id);
    }
  }

  /** @throws DeepError `not-found`; `conflict` when the run has ended. */
  cancel(id: string): Run {
    const run = this._journal.get(id);
    const controller = this._controllers.get(id);
    if (!controller || !isLive(run)) {
      throw new DeepError(
        'conflict',
        `This run has already ended: ${run.state}.`
      );
    }
    const reason = new DeepError('cancelled', 'The run was cancelled.');
    controller.abort(reason);
    return this._journal.end(id, 'cancelled', { error: reason.toProblem() });
  }

  /**
   * Delete an ended run and its files.
   *
   * @throws DeepError `not-found`; `conflict` while it is at work or has not yet stopped.
   */
  async remove(id: string): Promise<void> {
    if (this._controllers.has(id) && !isLive(this._journal.get(id))) {
      throw new DeepError('conflict', 'This run is just being stopped.', {
        hint: 'Delete it in a moment.'
      });
    }
    await this._journal.remove(id);
  }

  /** Stop everything because the service ends. */
  interruptAll(reason: string): void {
    for (const [id, controller] of this._controllers) {
      this._journal.interrupt(id, reason);
      controller.abort(new DeepError('interrupted', reason));
    }
  }

  private _fail(id: string, error: unknown, signal: AbortSignal): void {
    // Whoever stopped it has written its end.
    if (!signal.aborted) {
      const problem = asDeepError(error).toProblem();
      this._journal.end(id, 'failed', { error: problem });
    }
  }

  private readonly _controllers = new Map<string, AbortController>();
}
