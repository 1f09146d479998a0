import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunListing, RunState } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { interruptible } from '../interrupt';

export const CHECK_EVERY_MS = 300;
const AT_WORK: RunState[] = ['queued', 'running'];

/** Options of everything that waits for a run. */
export interface IWaiting {
  signal?: AbortSignal;
}

/** Neither ended nor resting. */
export const isAtWork = ({ state }: Pick<Run, 'state'>): boolean =>
  AT_WORK.includes(state);

export const runPath = (id: string): string =>
  `/runs/${encodeURIComponent(id)}`;

/** A run as it is now. */
export const findRun = (id: string, signal?: AbortSignal): Promise<Run> =>
  service.json<Run>(runPath(id), { signal });

/**
 * A run of one kind.
 *
 * @param what It is, for who named another.
 * @throws DeepError `not-found`
 */
export async function findRunOf(
  kind: Run['kind'],
  id: string,
  what: string,
  { signal }: IWaiting
): Promise<Run> {
  const run = await findRun(id, signal);
  if (run.kind !== kind) {
    throw new DeepError('not-found', `The run ${id} is no ${what}.`);
  }
  return run;
}

/** Runs of one kind, the newest first. */
export async function listRunsOf(
  kind: Run['kind'],
  { signal, ...query }: IWaiting & { module?: string; limit?: number }
): Promise<Run[]> {
  const { runs } = await service.json<RunListing>('/runs', {
    query,
    signal
  });
  return runs.filter(each => each.kind === kind);
}

/** A run that the service carries out: it outlives this kernel, and the service too. */
export abstract class RunHandle {
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

  /** Ask how it is. */
  async refresh({ signal }: IWaiting = {}): Promise<this> {
    this._run = await findRun(this.id, signal);
    return this;
  }

  /**
   * Show how it goes until it ends or rests. The stop button ends the watching, not the run, unless `cancelOnStop` is set.
   *
   * @throws DeepError why it could not be done; `cancelled` when the watching or the run was.
   */
  async watch({
    signal,
    cancelOnStop = false
  }: IWaiting & { cancelOnStop?: boolean } = {}): Promise<this> {
    try {
      return await interruptible(signal, stop => this._watch(stop));
    } catch (error) {
      const isStopped = (error as DeepError).key === 'cancelled';
      if (isStopped && cancelOnStop && isAtWork(this._run)) {
        await this.cancel();
      }
      throw error;
    }
  }

  /** What was written while it was at work. */
  async log({ signal }: IWaiting = {}): Promise<string> {
    const pieces: Buffer[] = [];
    for (let offset = 0; ; offset += pieces[pieces.length - 1].length) {
      const { body } = await service.request(`${this._path}/log`, {
        query: { offset },
        signal
      });
      if (body.length === 0) {
        return Buffer.concat(pieces).toString('utf8');
      }
      pieces.push(body);
    }
  }

  /** End it; what was done stays. */
  cancel(): Promise<this> {
    return this._change('cancel');
  }

  /** Nobody is there any more for what comes of it: end it, unless it has ended by itself meanwhile. */
  async leave(): Promise<void> {
    try {
      await this.cancel();
    } catch (error) {
      if ((error as DeepError).key !== 'conflict') {
        throw error;
      }
    }
  }

  /** @throws DeepError why it could not be done. */
  refuseFailed(): void {
    const { error } = this._run;
    if (error && this.state !== 'succeeded') {
      throw DeepError.fromProblem(error);
    }
  }

  /** How it is, in a line. */
  protected _words(): string {
    const { title, phase, state } = this._run;
    return `${title}: ${phase || state}`;
  }

  /** What is to be known of one that was watched to its end. */
  protected _watched(_signal: AbortSignal | undefined): Promise<unknown> {
    return Promise.resolve();
  }

  /** Ask until it ends or rests. */
  protected async _until(
    signal: AbortSignal | undefined,
    onNews: () => void = () => undefined
  ): Promise<void> {
    for (;;) {
      throwIfCancelled(signal);
      await this.refresh({ signal });
      if (!isAtWork(this._run)) {
        return;
      }
      onNews();
      await sleep(CHECK_EVERY_MS);
    }
  }

  protected async _change(
    what: 'cancel' | 'pause' | 'resume' | 'retry'
  ): Promise<this> {
    this._run = await service.json<Run>(`${this._path}/${what}`, {
      method: 'POST',
      body: {}
    });
    return this;
  }

  protected get _path(): string {
    return runPath(this.id);
  }

  protected _run: Run;

  private async _watch(signal: AbortSignal | undefined): Promise<this> {
    const line = display.progress(this._run.title);
    try {
      await this._until(signal, () => {
        const { progress } = this._run;
        line.update(
          this._words(),
          progress && {
            done: progress.done,
            total: Math.max(progress.total, 1)
          }
        );
      });
    } finally {
      line.end(this._words());
    }
    await this._watched(signal);
    this.refuseFailed();
    return this;
  }
}
