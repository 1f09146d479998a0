import type {
  Run,
  TrainingState,
  TrainingStep,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { DeepError, sparkline } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import type { Module } from '../modules';
import { IWaiting, RunHandle } from '../runs/runHandle';
import { curvesBundle } from './shown';

/** A training that the service watches: it outlives this kernel, and the service too. */
export class TrainingRun extends RunHandle {
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

  /** Numbers of all steps so far. */
  async steps(options: IWaiting = {}): Promise<TrainingStep[]> {
    const found = await service.json<TrainingSteps>(
      `${this._path}/metrics`,
      options
    );
    this._steps = found.steps;
    return found.steps;
  }

  /** What the module answered at the end; any JSON. @throws DeepError `not-found` before it has ended well. */
  result(options: IWaiting = {}): Promise<unknown> {
    return service.json<unknown>(`${this._path}/result`, options);
  }

  /** Begin another one with the same arguments and data. */
  async again(): Promise<TrainingRun> {
    return new TrainingRun(
      await service.json<Run>(`${this._path}/again`, {
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
  async model(options: IWaiting = {}): Promise<Module> {
    const id = await this.modelId(options);
    // Modules train, and trainings make modules: each loads the other when it is needed.
    const { modules } = await import('../modules');
    return modules.open(id, options);
  }

  /** Id of that module, without starting it. Waits and throws as `model` does. */
  async modelId(options: IWaiting = {}): Promise<string> {
    await this._until(options.signal);
    this.refuseFailed();
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

  protected override _watched(
    signal: AbortSignal | undefined
  ): Promise<unknown> {
    return this.steps({ signal });
  }

  protected override _words(): string {
    const { curve, metrics } = this._training;
    const value = curve && metrics[curve.metric];
    const drawn =
      value === undefined
        ? ''
        : ` ${sparkline(curve!.values)} ${curve!.metric} ${Number(value.toPrecision(4))}`;
    return `${super._words()}${drawn}`;
  }

  private _steps: TrainingStep[] = [];
}
