import type {
  Run,
  TrainingData,
  TrainingStep
} from '@jupyterlab-deep/protocol';
import { checkValues, FieldErrors } from '../inference/formErrors';
import type { RememberedForms } from '../inference/remembered';
import { laterRun } from '../inference/runFollower';
import { LastRunModel } from './lastRunModel';
import { DataBindings, ITrainingPlan, planTraining } from './pathArguments';
import { TrainingClient } from './trainingClient';

const STEPS_EVERY_MS = 500;

type Values = Record<string, unknown>;

/** *Train*: the form, the training that goes or went last, its numbers so far. */
export class TrainModel extends LastRunModel<TrainModel.IOptions> {
  constructor(options: TrainModel.IOptions) {
    super(options, STEPS_EVERY_MS);
    this.client = new TrainingClient(options.service);
  }

  readonly client: TrainingClient;

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

  get steps(): readonly TrainingStep[] {
    return this._steps;
  }

  override async open(): Promise<void> {
    void this._recallBindings();
    await super.open();
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
    this._emit();
  }

  setValues(values: Values): void {
    this._values = values;
    this._recheck();
    this._emit();
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
      this._emit();
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

  cancel(): Promise<void> {
    return this.act('cancel');
  }

  private get _arguments(): Values {
    const isSent = ([name, value]: [string, unknown]) =>
      value !== undefined && value !== null && !this._data.has(name);
    return Object.fromEntries(Object.entries(this._values).filter(isSent));
  }

  protected override async _begin(ask: () => Promise<Run>): Promise<void> {
    await super._begin(ask);
    const fields = this.error?.problem.fields;
    this._fieldErrors = fields ?? this._fieldErrors;
    this._emit();
  }

  protected _isOurs({ kind }: Run): boolean {
    return kind === 'training';
  }

  protected _forget(): void {
    this._steps = [];
    this._next = 0;
  }

  protected _take(run: Run): void {
    if (this._run?.id === run.id) {
      this._run = laterRun(this._run, run);
      this._readSoon();
      this._emit();
    }
  }

  protected _onReset({ id }: Run): void {
    void this._try(async () => this._take(await this.client.run(id)));
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
    if (known.length === 0 || this.isDisposed) {
      return;
    }
    // What was said meanwhile is newer, but it was kept alone.
    const hasSaid = this._bindings.size > 0;
    this._takeBindings(new Map([...known, ...this._bindings]));
    if (hasSaid) {
      this._keepBindings();
    }
    this._emit();
  }

  private _keepBindings(): void {
    const { module, remembered } = this._options;
    const bindings = Object.fromEntries(this._bindings);
    remembered?.keep(module, bindings, 'data-arguments');
  }

  /** Numbers that came since the last look. */
  protected async _read(): Promise<void> {
    const id = this._run?.id;
    const from = this._next;
    if (id === undefined) {
      return;
    }
    try {
      const { steps, next } = await this.client.steps(id, from);
      if (id === this._run?.id && from === this._next) {
        this._steps = [...this._steps, ...steps];
        this._next = next;
        this._emit();
      }
    } catch {
      // The next event asks again; that the service is away is said above.
    }
  }

  private _train: unknown = null;
  private _bindings: DataBindings = new Map();
  private _hasRecalled = false;
  private _plan: ITrainingPlan | null = null;
  private _notTrainable = '';
  private _values: Values = {};
  private _data: ReadonlyMap<string, TrainingData> = new Map();
  private _fieldErrors: FieldErrors = {};
  private _steps: readonly TrainingStep[] = [];
  private _next = 0;
  private _hasTried = false;
}

export namespace TrainModel {
  export interface IOptions extends LastRunModel.IOptions {
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
