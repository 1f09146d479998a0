import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunState } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { interruptible } from '../interrupt';
import { jobsBundle } from './shown';

const LOOK_EVERY_MS = 500;
const AT_WORK: RunState[] = ['queued', 'running'];

interface ICancellable {
  signal?: AbortSignal;
}

/** A script that a platform carries out in the container of a module: it outlives this kernel, and the service too. */
export class JobRun {
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

  /** What it is doing, for people; empty once it has ended. */
  get phase(): string {
    return this._run.phase;
  }

  /** Why it did not end well, in words. */
  get error(): string | undefined {
    return this._run.error?.detail;
  }

  /** What the target calls it, once it was taken. */
  get job(): string | undefined {
    return this._run.job?.job;
  }

  /** All that is known of it. */
  get about(): Readonly<Run> {
    return this._run;
  }

  /** Ask how it is. */
  async refresh(options: ICancellable = {}): Promise<this> {
    this._run = await service.json<Run>(this._path(), options);
    return this;
  }

  /**
   * Show how it goes until it ends. The stop button ends the watching, not the job.
   *
   * ```ts
   * const job = await deployments.submit({ module: 'ai4eosc/plants', target: 'papi:ai4eosc', script, options });
   * await job.watch();
   * ```
   * @throws DeepError why it did not end well; `cancelled` when the watching or the job was.
   */
  watch(options: ICancellable = {}): Promise<this> {
    return interruptible(options.signal, signal => this._watch(signal));
  }

  /** What happened so far, a line each. Platforms give no logs: let the script write one into its storage. */
  async log(options: ICancellable = {}): Promise<string> {
    const { body } = await service.request(`${this._path()}/log`, {
      query: { offset: 0 },
      ...options
    });
    return body.toString('utf8');
  }

  /** Order its end; it has ended once its target has taken the order. */
  async cancel(): Promise<this> {
    this._run = await service.json<Run>(`${this._path()}/cancel`, {
      method: 'POST',
      body: {}
    });
    return this;
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return jobsBundle([this.about]);
  }

  private async _watch(signal: AbortSignal | undefined): Promise<this> {
    const line = display.progress(this._run.title);
    try {
      await this.refresh({ signal });
      while (AT_WORK.includes(this.state)) {
        line.update(this._words());
        await sleep(LOOK_EVERY_MS);
        throwIfCancelled(signal);
        await this.refresh({ signal });
      }
    } finally {
      line.end(this._words());
    }
    const { error } = this._run;
    if (error) {
      throw DeepError.fromProblem(error);
    }
    return this;
  }

  private _words(): string {
    return `${this._run.title}: ${this.phase || this.state}`;
  }

  private _path(): string {
    return `/runs/${encodeURIComponent(this.id)}`;
  }

  private _run: Run;
}
