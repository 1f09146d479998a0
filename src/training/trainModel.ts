import type {
  Dataset,
  DeepEvent,
  Run,
  TrainingData,
  TrainingStep
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { RunsClient } from '../activity/runsClient';
import { checkValues, FieldErrors } from '../inference/formErrors';
import type { RememberedForms } from '../inference/remembered';
import { laterRun } from '../inference/runFollower';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { StorageClient } from '../storage/client';
import { DataBindings, ITrainingPlan, planTraining } from './pathArguments';
import { TrainingClient } from './trainingClient';

const STEPS_EVERY_MS = 500;
/** Runs of the module among which its last training is looked for. */
const LOOKED_AT = 50;

type Values = Record<string, unknown>;

/** *Train*: the form, the training that goes or went last, its numbers so far. */
export class TrainModel implements IDisposable {
  constructor(private readonly _options: TrainModel.IOptions) {
    const { service } = _options;
    this.client = new TrainingClient(service);
    this._runs = new RunsClient(service);
    this._storage = new StorageClient(service);
    service.eventReceived.connect(this._onEvent, this);
  }

  readonly client: TrainingClient;

  get changed(): ISignal<TrainModel, void> {
    return this._changed;
  }

  /** The form; null until the module's API is known, or when it has no training. */
  get plan(): ITrainingPlan | null {
    return this._plan;
  }

  /** Why there is none; empty while nothing is known. */
  get notTrainable(): string {
    return this._notTrainable;
  }

  get values(): Values {
    return this._values;
  }

  get fieldErrors(): FieldErrors {
    return this._fieldErrors;
  }

  /** What was chosen for the arguments that take the path of data. */
  get data(): ReadonlyMap<string, TrainingData> {
    return this._data;
  }

  /** Datasets to choose from; null until they are known. */
  get datasets(): readonly Dataset[] | null {
    return this._datasets;
  }

  get run(): Run | null {
    return this._run;
  }

  get steps(): readonly TrainingStep[] {
    return this._steps;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** A request to begin is on its way. */
  get isBeginning(): boolean {
    return this._isBeginning;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._reading.dispose();
    Signal.clearData(this);
  }

  /** Find what there is: datasets, and the training of this module that goes or went last. */
  async open(): Promise<void> {
    void this._loadDatasets();
    void this._recallBindings();
    if (this._run) {
      return;
    }
    await this._try(async () => {
      const runs = await this._runs.list(LOOKED_AT, this._options.module);
      const found = runs.find(({ kind }) => kind === 'training');
      if (found && !this._run) {
        this._show(found);
      }
    });
  }

  /** Show one training of the past. */
  show(run: Run): void {
    this._show(run);
    this._changed.emit();
  }

  /** Show one training of the past that is known by its id. */
  async showRun(id: string): Promise<void> {
    await this._try(async () => this._show(await this.client.run(id)));
  }

  /** Take the form of a live API. */
  setApi(train: unknown, swagger: unknown): void {
    this._train = train;
    const plan = train ? planTraining(train, this._bindings) : null;
    const { properties = {} } = plan?.schema ?? {};
    const hasNone = Object.keys(properties).length === 0;
    this._plan = hasNone ? null : plan;
    const { trans } = this._options;
    this._notTrainable = hasNone
      ? (reasonIn(swagger) ?? trans.__('This module has no training.'))
      : '';
    this._changed.emit();
  }

  setValues(values: Values): void {
    this._values = values;
    this._recheck();
    this._changed.emit();
  }

  /** @param shown What the form shows for it. */
  setData(argument: string, data: TrainingData | null, shown = ''): void {
    const chosen = new Map(this._data);
    const values = { ...this._values };
    if (data) {
      chosen.set(argument, data);
      values[argument] = shown;
    } else {
      chosen.delete(argument);
      delete values[argument];
    }
    this._data = chosen;
    this.setValues(values);
  }

  /** Say whether an argument takes the path of data. What was given for it is of the other kind, and goes. */
  bind(argument: string, isData: boolean): void {
    this._takeBindings(new Map([...this._bindings, [argument, isData]]));
    this._keepBindings();
    this.setData(argument, null);
  }

  async begin(): Promise<void> {
    this._hasTried = true;
    this._recheck();
    if (Object.keys(this._fieldErrors).length > 0) {
      this._changed.emit();
      return;
    }
    await this._begin(() =>
      this.client.begin({
        module: this._options.module,
        arguments: this._arguments,
        data: Object.fromEntries(this._data)
      })
    );
  }

  /** The same once more. */
  async again(): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._begin(() => this.client.again(id));
  }

  async cancel(): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => this._take(await this._runs.act(id, 'cancel')));
  }

  private get _arguments(): Values {
    const isSent = ([name, value]: [string, unknown]) =>
      value !== undefined && value !== null && !this._data.has(name);
    return Object.fromEntries(Object.entries(this._values).filter(isSent));
  }

  private async _begin(ask: () => Promise<Run>): Promise<void> {
    this._isBeginning = true;
    this._changed.emit();
    await this._try(async () => this._show(await ask()));
    this._isBeginning = false;
    const fields = this._error?.problem.fields;
    this._fieldErrors = fields ?? this._fieldErrors;
    this._changed.emit();
  }

  private _recheck(): void {
    if (this._hasTried && this._plan) {
      const { trans } = this._options;
      this._fieldErrors = checkValues(this._plan, this._values, trans);
    }
  }

  private _takeBindings(bindings: DataBindings): void {
    this._bindings = bindings;
    this._plan = this._plan && planTraining(this._train, bindings);
  }

  private async _recallBindings(): Promise<void> {
    const { module, remembered } = this._options;
    if (this._hasRecalled) {
      return;
    }
    this._hasRecalled = true;
    const kept = await remembered?.recall(module, 'data-arguments');
    const known = Object.entries(kept ?? {}).filter(
      (entry): entry is [string, boolean] => typeof entry[1] === 'boolean'
    );
    if (known.length === 0 || this._isDisposed) {
      return;
    }
    // What was said meanwhile is newer, but it was kept alone.
    const hasSaid = this._bindings.size > 0;
    this._takeBindings(new Map([...known, ...this._bindings]));
    if (hasSaid) {
      this._keepBindings();
    }
    this._changed.emit();
  }

  private _keepBindings(): void {
    const { module, remembered } = this._options;
    const bindings = Object.fromEntries(this._bindings);
    remembered?.keep(module, bindings, 'data-arguments');
  }

  private async _loadDatasets(): Promise<void> {
    try {
      this._datasets = await this._storage.datasets();
    } catch {
      // Folders of Jupyter can be chosen all the same; the storage panel says what is wrong.
      this._datasets = [];
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _show(run: Run): void {
    this._run = run;
    this._steps = [];
    this._next = 0;
    void this._read();
  }

  private _take(run: Run): void {
    if (this._run?.id !== run.id) {
      return;
    }
    this._run = laterRun(this._run, run);
    this._reading.invoke().catch(() => undefined);
    this._changed.emit();
  }

  /** Numbers that came since the last look. */
  private async _read(): Promise<void> {
    const id = this._run?.id;
    const from = this._next;
    if (id === undefined) {
      return;
    }
    try {
      const { steps, next } = await this.client.steps(id, from);
      if (id === this._run?.id && from === this._next && !this._isDisposed) {
        this._steps = [...this._steps, ...steps];
        this._next = next;
        this._changed.emit();
      }
    } catch {
      // The next event asks again; that the service is away is said above.
    }
  }

  private async _try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._take(message.data);
    } else if (message.event === 'dataset' && this._datasets) {
      void this._loadDatasets();
    } else if (message.event === 'reset' && this._run) {
      const { id } = this._run;
      void this._try(async () => this._take(await this.client.run(id)));
    }
  }

  private readonly _runs: RunsClient;
  private readonly _storage: StorageClient;
  private readonly _changed = new Signal<TrainModel, void>(this);
  private readonly _reading = new Throttler(() => this._read(), {
    limit: STEPS_EVERY_MS,
    edge: 'trailing'
  });
  private _train: unknown = null;
  private _bindings: DataBindings = new Map();
  private _hasRecalled = false;
  private _plan: ITrainingPlan | null = null;
  private _notTrainable = '';
  private _values: Values = {};
  private _data: ReadonlyMap<string, TrainingData> = new Map();
  private _fieldErrors: FieldErrors = {};
  private _datasets: readonly Dataset[] | null = null;
  private _run: Run | null = null;
  private _steps: readonly TrainingStep[] = [];
  private _next = 0;
  private _error: DeepRequestError | null = null;
  private _isBeginning = false;
  private _hasTried = false;
  private _isDisposed = false;
}

export namespace TrainModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    trans: TranslationBundle;

    /** Without it nothing is remembered. */
    remembered?: RememberedForms;
  }
}

/** Our runtime says in its document why a model cannot be retrained. */
function reasonIn(swagger: unknown): string | undefined {
  const { paths = {} } = (swagger ?? {}) as {
    paths?: Record<string, { post?: { summary?: string } }>;
  };
  const train = Object.entries(paths).find(([path]) =>
    path.endsWith('/train/')
  );
  const summary = train?.[1].post?.summary ?? '';
  return /^Train \(not by this module\)\. (.+)$/.exec(summary)?.[1];
}
