import type {
  CellFile,
  CellForm,
  FileInput,
  ModuleExample,
  PredictionRequest,
  Run
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { ChosenFile, filesOfExample } from './chosenFile';
import type { InferenceClient } from './client';
import { checkValues, FieldErrors } from './formErrors';
import { ACCEPT, IFormPlan, planForm } from './formSchema';
import { IPredictionResult, readResult } from './result';
import type { RememberedForms } from './remembered';
import { hasEnded, RunFollower } from './runFollower';
import { uploadInPieces } from './upload';

/** How far the files of a prediction are sent. */
export interface IUploadProgress {
  name: string;
  sentBytes: number;
  totalBytes: number;
}

type Values = Record<string, unknown>;

/** A form to be filled in, and how the files that it names are found. */
export interface IFilling {
  form: CellForm;

  /** What the user should know of it. */
  notices: readonly string[];
  locate: (argument: string, file: CellFile) => Promise<ChosenFile>;
}

/** *Try*: the values of the form, the prediction that goes, the last answer. */
export class TryModel implements IDisposable {
  constructor(options: TryModel.IOptions) {
    this._options = options;
    this._follower = new RunFollower(options);
    this._follower.changed.connect(this._onRun, this);
  }

  get changed(): ISignal<TryModel, void> {
    return this._changed;
  }

  /** The form; null until the module's API is known. */
  get plan(): IFormPlan | null {
    return this._plan;
  }

  /** Module id. */
  get module(): string {
    return this._options.module;
  }

  /** What the user should know of how the form was filled. */
  get notices(): readonly string[] {
    return this._notices;
  }

  /** Whether the values are those of the last time. */
  get isRecalled(): boolean {
    return this._isRecalled;
  }

  /** Whether a cell filled the form: then neither example nor memory do. */
  get isFilled(): boolean {
    return this._filling !== null;
  }

  get values(): Values {
    return this._values;
  }

  get files(): ReadonlyMap<string, ChosenFile> {
    return this._files;
  }

  get fieldErrors(): FieldErrors {
    return this._fieldErrors;
  }

  /** What went wrong with the last prediction. */
  get error(): DeepRequestError | null {
    return this._error;
  }

  /** The prediction that goes, or the last one. */
  get run(): Run | null {
    return this._follower.run;
  }

  get result(): IPredictionResult | null {
    return this._result;
  }

  /** The run that gave the result; a newer one may be going. */
  get resultRun(): Run | null {
    return this._resultRun;
  }

  get upload(): IUploadProgress | null {
    return this._upload;
  }

  /** When the present prediction began; null when none goes. */
  get busySince(): Date | null {
    return this._busySince;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._abort.abort();
    this._follower.dispose();
    Signal.clearData(this);
  }

  /** Take the form of a live API; what was filled in stays. */
  setApi(predict: unknown, accepts: string[]): void {
    const { trans } = this._options;
    this._plan = planForm(predict, accepts, trans.__('Answer as'));
    this._leaveOutUnknown();
    this._locateNamed();
    const file = this._fileForFirst;
    if (file) {
      this.setFirstFile(file);
    }
    this._changed.emit();
  }

  /** Take a file for the first argument that takes one, as soon as the form is known. */
  setFirstFile(file: ChosenFile): void {
    const argument = this._plan?.files[0];
    this._fileForFirst = argument === undefined ? file : null;
    if (argument !== undefined) {
      this.setFile(argument, file);
    }
  }

  setValues(values: Values): void {
    this._values = values;
    this._recheck();
    this._changed.emit();
  }

  setFile(argument: string, file: ChosenFile | null): void {
    const files = new Map(this._files);
    const values = { ...this._values };
    if (file) {
      files.set(argument, file);
      // The form checks that required files are there; the file itself is kept beside it.
      values[argument] = file.name;
    } else {
      files.delete(argument);
      delete values[argument];
    }
    this._files = files;
    this.setValues(values);
  }

  /** Fill the form with the module's own example. */
  useExample(example: ModuleExample): void {
    this._values = { ...this._values, ...example.arguments };
    const files = filesOfExample(this._options.module, example);
    files.forEach((file, argument) => this.setFile(argument, file));
    this.setValues(this._values);
  }

  /** The values without the files, as the module takes them; what it would take anyway is left out. */
  get arguments(): Values {
    const plan = this._plan;
    const isSent = ([name, value]: [string, unknown]) =>
      value !== undefined &&
      value !== null &&
      name !== ACCEPT &&
      !this._files.has(name) &&
      !(plan && (plan.files.includes(name) || isDefault(plan, name, value)));
    return Object.fromEntries(Object.entries(this._values).filter(isSent));
  }

  /** Fill the form with what a cell says, now or as soon as the form is known. */
  fill(filling: IFilling): void {
    const { form, notices } = filling;
    const { accept } = form;
    this._filling = filling;
    this._notices = notices;
    this._isRecalled = false;
    this._files = new Map();
    this._values = { ...form.arguments, ...(accept && { [ACCEPT]: accept }) };
    this._leaveOutUnknown();
    for (const [argument, file] of Object.entries(form.files)) {
      void this._locate(argument, file);
    }
    this._locateNamed();
    this.setValues(this._values);
  }

  /** Fill in what was sent the last time, unless there is something already. */
  async recall(): Promise<void> {
    const { remembered, module } = this._options;
    const before = this._values;
    const values = await remembered?.recall(module);
    if (!values || this._isDisposed || this._values !== before) {
      return;
    }
    this._isRecalled = true;
    this._values = { ...before, ...values };
    this._leaveOutUnknown();
    this.setValues(this._values);
  }

  /** Forget what was sent the last time; files stay. */
  startAfresh(): void {
    this._options.remembered?.forget(this.module);
    this._isRecalled = false;
    this._notices = [];
    this._values = Object.fromEntries(
      [...this._files].map(([argument, { name }]) => [argument, name])
    );
    this.setValues(this._values);
  }

  /** Check, send and follow. The answer comes by events. */
  async predict(): Promise<void> {
    if (this._busySince || !this._plan) {
      return;
    }
    this._hasTried = true;
    this._recheck();
    if (Object.keys(this._fieldErrors).length > 0) {
      this._changed.emit();
      return;
    }
    this._begin();
    this._remember();
    const { signal } = this._abort;
    try {
      const request = await this._request(signal);
      const { client } = this._options;
      const run = await this._follower.begin(() => client.predict(request));
      if (signal.aborted) {
        await client.cancelRun(run.id);
      }
    } catch (reason) {
      this._end(signal.aborted ? null : reason);
    }
  }

  /** Stop what goes: the transfer of files, or the run. */
  async stop(): Promise<void> {
    this._abort.abort();
    const { run } = this;
    if (run && !hasEnded(run)) {
      try {
        await this._options.client.cancelRun(run.id);
      } catch (reason) {
        this._end(reason);
      }
    }
  }

  /** There is a connection again: what was missed is fetched, and that there was none is no longer worth a box. */
  forgetOutage(): void {
    if (!this._error?.isOffline) {
      return;
    }
    this._error = null;
    this._changed.emit();
    const { run } = this;
    if (run?.state === 'succeeded' && run.id !== this._resultRun?.id) {
      void this._loadResult(run);
    }
  }

  private _remember(): void {
    const { secrets = [] } = this._plan ?? {};
    const given = Object.entries(this.arguments);
    const accept = this._values[ACCEPT];
    this._options.remembered?.keep(this.module, {
      ...Object.fromEntries(given.filter(([name]) => !secrets.includes(name))),
      ...(accept !== undefined && { [ACCEPT]: accept })
    });
  }

  /** A module of another version may lack an argument: without a field, its value could never be mended. */
  private _leaveOutUnknown(): void {
    if (!this._plan) {
      return;
    }
    const { properties = {} } = this._plan.schema;
    const isKnown = (name: string) => Object.hasOwn(properties, name);
    const unknown = Object.keys(this._values).filter(name => !isKnown(name));
    if (unknown.length === 0) {
      return;
    }
    const { trans } = this._options;
    const entries = Object.entries(this._values);
    this._values = Object.fromEntries(
      entries.filter(([name]) => isKnown(name))
    );
    const names = unknown.filter(name => name !== ACCEPT).join(', ');
    if (names) {
      this._notices = [
        ...this._notices,
        trans.__(
          'The module has no argument “%1” any more: its value was left out.',
          names
        )
      ];
    }
  }

  /** A path that was written into a cell names a file only once the form says that it is one. */
  private _locateNamed(): void {
    if (!this._filling || !this._plan) {
      return;
    }
    for (const argument of this._plan.files) {
      const text = this._filling.form.arguments[argument];
      if (typeof text === 'string') {
        void this._locate(
          argument,
          /^https?:\/\//i.test(text)
            ? { from: 'url', url: text }
            : { from: 'path', path: text }
        );
      }
    }
  }

  private async _locate(argument: string, file: CellFile): Promise<void> {
    const filling = this._filling;
    const { trans } = this._options;
    try {
      const found = await filling!.locate(argument, file);
      if (filling === this._filling && !this._isDisposed) {
        this.setFile(argument, found);
      }
    } catch (reason) {
      const { detail } = asRequestError(reason, trans).problem;
      if (filling === this._filling && !this._isDisposed) {
        const says = trans.__(
          'The file of “%1” is left out: %2',
          argument,
          detail
        );
        this._notices = [...this._notices, says];
        this.setFile(argument, null);
      }
    }
  }

  private _begin(): void {
    this._abort = new AbortController();
    this._busySince = new Date();
    this._error = null;
    this._changed.emit();
  }

  private async _request(signal: AbortSignal): Promise<PredictionRequest> {
    const files: Record<string, FileInput> = {};
    for (const [argument, file] of this._files) {
      files[argument] = await this._input(file, signal);
    }
    this._upload = null;
    const accept = this._values[ACCEPT] as string | undefined;
    const { module } = this._options;
    return { module, arguments: this.arguments, files, accept };
  }

  private async _input(
    file: ChosenFile,
    signal: AbortSignal
  ): Promise<FileInput> {
    switch (file.kind) {
      case 'jupyter':
        return { from: 'jupyter', path: file.path };
      case 'example':
        return { from: 'example', example: file.example };
      case 'url': {
        const { url, allowPrivate } = file;
        return { from: 'url', url, ...(allowPrivate && { allowPrivate }) };
      }
      case 'browser':
        return { from: 'upload', id: await this._send(file, signal) };
    }
  }

  private _send(
    { blob, name }: { blob: Blob; name: string },
    signal: AbortSignal
  ): Promise<string> {
    const onProgress = (sentBytes: number) => {
      this._upload = { name, sentBytes, totalBytes: blob.size };
      this._changed.emit();
    };
    onProgress(0);
    const { client } = this._options;
    return uploadInPieces(client, {
      file: blob,
      filename: name,
      signal,
      onProgress
    });
  }

  private _onRun({ run, error }: RunFollower): void {
    if (!this._busySince || !run) {
      return;
    }
    if (error) {
      this._end(error);
    } else if (run.state === 'succeeded') {
      void this._loadResult(run);
    } else if (hasEnded(run)) {
      this._end(run.error ? new DeepRequestError(run.error) : null);
    } else {
      this._changed.emit();
    }
  }

  private async _loadResult(run: Run): Promise<void> {
    if (this._loadingRun === run.id) {
      return;
    }
    this._loadingRun = run.id;
    try {
      const blob = await this._options.client.getResult(run.id);
      const type = run.result?.contentType ?? blob.type;
      const name = run.result?.filename;
      const result = await readResult(blob, type, name);
      if (this.run?.id === run.id) {
        this._result = result;
        this._resultRun = run;
        this._end(null);
      }
    } catch (reason) {
      this._loadingRun = '';
      this._end(reason);
    }
  }

  private _end(reason: unknown): void {
    if (this._isDisposed) {
      return;
    }
    this._busySince = null;
    this._upload = null;
    this._error = reason ? asRequestError(reason, this._options.trans) : null;
    const fields = this._error?.problem.fields;
    if (fields) {
      this._fieldErrors = fields;
    }
    this._changed.emit();
  }

  /** From the first attempt on, complaints follow the typing. */
  private _recheck(): void {
    if (this._hasTried && this._plan) {
      const { trans } = this._options;
      const values = withoutDefaults(this._plan, this._values);
      this._fieldErrors = checkValues(this._plan, values, trans);
    }
  }

  private readonly _options: TryModel.IOptions;
  private readonly _changed = new Signal<TryModel, void>(this);
  private readonly _follower: RunFollower;
  private _plan: IFormPlan | null = null;
  private _values: Values = {};
  private _files: ReadonlyMap<string, ChosenFile> = new Map();
  private _fileForFirst: ChosenFile | null = null;
  private _fieldErrors: FieldErrors = {};
  private _error: DeepRequestError | null = null;
  private _result: IPredictionResult | null = null;
  private _resultRun: Run | null = null;
  private _upload: IUploadProgress | null = null;
  private _busySince: Date | null = null;
  private _abort = new AbortController();
  private _loadingRun = '';
  private _filling: IFilling | null = null;
  private _notices: readonly string[] = [];
  private _isRecalled = false;
  private _hasTried = false;
  private _isDisposed = false;
}

export namespace TryModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    client: InferenceClient;
    trans: TranslationBundle;

    /** What was sent the last time; without it nothing is remembered. */
    remembered?: RememberedForms;
  }
}

/** Modules may declare defaults that they would refuse themselves. */
const withoutDefaults = (plan: IFormPlan, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => !isDefault(plan, name, value)
    )
  );

function isDefault(plan: IFormPlan, name: string, value: unknown): boolean {
  const { properties = {}, required = [] } = plan.schema;
  const field = Object.hasOwn(properties, name) && properties[name];
  return (
    typeof field === 'object' &&
    !required.includes(name) &&
    isUnchanged(field, value)
  );
}

/** Whether a value says no more than its field: the form fills in the defaults of all parts, and empty lists, by itself. */
function isUnchanged(
  { default: fallback, properties }: IFormPlan['schema'],
  value: unknown
): boolean {
  if (fallback !== undefined) {
    return JSON.stringify(fallback) === JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) {
    return value === undefined;
  }
  return Object.entries(value).every(([part, each]) => {
    const field = properties?.[part];
    return typeof field === 'object' && isUnchanged(field, each);
  });
}
