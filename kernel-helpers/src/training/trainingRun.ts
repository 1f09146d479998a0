import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Run,
  RunState,
  TrainingState,
  TrainingStep,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { DeepError, sparkline } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { interruptible } from '../interrupt';
import type { Module } from '../modules';
import { curvesBundle } from './shown';

const CHECK_EVERY_MS = 500;
const AT_WORK: RunState[] = ['queued', 'running'];

interface IOptions {
  signal?: AbortSignal;
}

/** A training that the service watches: it outlives this kernel, and the service too. */
export class TrainingRun {
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

  /** Module id. */
  get module(): string {
    return this._run.module ?? '';
  }

  /** As the module got them, paths of data included; passwords are left out. */
  get arguments(): Record<string, unknown> {
    return this._run.arguments;
  }

  /** Numbers of the last step; of the step that was kept when it has ended. */
  get metrics(): Record<string, number> {
    return this._training.metrics;
  }

  /** What it learns from: names, paths, sizes, fingerprints. */
  get data(): TrainingState['data'] {
    return this._training.data;
  }

  /** Ask how it is. */
  async refresh(options: IOptions = {}): Promise<this> {
    this._run = await service.json<Run>(this._path(), options);
    return this;
  }

  /** Numbers of all steps so far. */
  async steps(options: IOptions = {}): Promise<TrainingStep[]> {
    const found = await service.json<TrainingSteps>(
      `${this._path()}/metrics`,
      options
    );
    this._steps = found.steps;
    return found.steps;
  }

  /**
   * Show how it goes until it ends, with its curve in place. The stop button ends the watching, not the training, unless
   * `cancelOnStop` is set.
   *
   * ```ts
   * const run = await m.train({ data: 'pictures', epochs: 10 });
   * await run.watch();
   * ```
   * @throws DeepError why it could not be done; `cancelled` when the watching or the training was.
   */
  async watch(
    options: IOptions & { cancelOnStop?: boolean } = {}
  ): Promise<this> {
    try {
      return await interruptible(options.signal, signal => this._watch(signal));
    } catch (error) {
      const isStopped = (error as DeepError).key === 'cancelled';
      if (isStopped && options.cancelOnStop && AT_WORK.includes(this.state)) {
        await this.cancel();
      }
      throw error;
    }
  }

  /** What the module wrote while it trained. */
  async log(options: IOptions = {}): Promise<string> {
    const pieces: Buffer[] = [];
    for (let offset = 0; ; offset += pieces[pieces.length - 1].length) {
      const { body } = await service.request(`${this._path()}/log`, {
        query: { offset },
        ...options
      });
      if (body.length === 0) {
        return Buffer.concat(pieces).toString('utf8');
      }
      pieces.push(body);
    }
  }

  /** What the module answered at the end; any JSON. @throws DeepError `not-found` before it has ended well. */
  result(options: IOptions = {}): Promise<unknown> {
    return service.json<unknown>(`${this._path()}/result`, options);
  }

  /** End it, in the module too. */
  async cancel(): Promise<this> {
    this._run = await service.json<Run>(`${this._path()}/cancel`, {
      method: 'POST',
      body: {}
    });
    return this;
  }

  /** Begin another one with the same arguments and data. */
  async again(): Promise<TrainingRun> {
    return new TrainingRun(
      await service.json<Run>(`${this._path()}/again`, {
        method: 'POST',
        body: {}
      })
    );
  }

  /**
   * The model that it made, as a module that is ready to predict. Waits for the end of the training.
   *
   * @throws DeepError why the training failed; `not-found` of a module that makes no model folder.
   */
  async model(options: IOptions = {}): Promise<Module> {
    const id = await this.modelId(options);
    // Modules train, and trainings make modules: each loads the other when it is needed.
    const { modules } = await import('../modules');
    return modules.open(id, options);
  }

  /** Id of that module, without starting it. Waits and throws as `model` does. */
  async modelId(options: IOptions = {}): Promise<string> {
    await this._until(options.signal, () => undefined);
    this._refuseFailed();
    const { model } = this._training;
    if (!model) {
      throw new DeepError(
        'not-found',
        `${this.module} keeps what it learns itself: it made no model folder.`,
        { hint: `Open ${this.module}: its predictions use the new weights.` }
      );
    }
    return model.id;
  }

  /** How a notebook shows it: its curves, or its state while there are none. */
  [SHOWN_AS](): IMimeBundle {
    const { title, phase } = this._run;
    return curvesBundle(
      `${title} (run ${this.id}): ${phase || this.state}`,
      this._steps,
      this.metrics
    );
  }

  private get _training(): TrainingState {
    return this._run.training!;
  }

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
    await this.steps({ signal });
    this._refuseFailed();
    return this;
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

  private _words(): string {
    const { title, phase, state } = this._run;
    const { curve, metrics } = this._training;
    const value = curve && metrics[curve.metric];
    const drawn =
      value === undefined
        ? ''
        : ` ${sparkline(curve!.values)} ${curve!.metric} ${Number(value.toPrecision(4))}`;
    return `${title}: ${phase || state}${drawn}`;
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
  private _steps: TrainingStep[] = [];
}
