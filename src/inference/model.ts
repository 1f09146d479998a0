import type { DeepEvent, ModuleDetail } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import type { ICatalogue } from '../catalogue/tokens';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import type { InferenceClient } from './client';
import { DeploymentModel } from './deploymentModel';
import { BatchModel } from './batchModel';
import { checkModuleId } from './moduleId';
import type { RememberedForms } from './remembered';
import { EvaluateModel } from '../training/evaluateModel';
import { TrainModel } from '../training/trainModel';
import { TryModel } from './tryModel';
import { isConnectedOnly, isUsable } from './usability';

/** A refreshing catalogue tells of itself several times a second. */
const RELOAD_MS = 500;

/** The tabs of a module's page. */
export type PageTab =
  'about' | 'try' | 'folder' | 'train' | 'evaluate' | 'api' | 'runs';

/** A module's page: what the catalogue says of it, its deployment, its form. */
export class ModuleModel implements IDisposable {
  constructor(options: ModuleModel.IOptions) {
    const { module, service } = options;
    this._options = options;
    this.moduleId = module;
    this.deployment = new DeploymentModel(options);
    this.trial = new TryModel(options);
    this.batch = new BatchModel(options);
    this.train = new TrainModel(options);
    this.evaluate = new EvaluateModel(options);
    this.deployment.changed.connect(this._onDeployment, this);
    service.connectionChanged.connect(this._onConnection, this);
    service.eventReceived.connect(this._onEvent, this);
  }

  readonly moduleId: string;
  readonly deployment: DeploymentModel;
  readonly trial: TryModel;
  readonly batch: BatchModel;
  readonly train: TrainModel;
  readonly evaluate: EvaluateModel;

  get changed(): ISignal<ModuleModel, void> {
    return this._changed;
  }

  get module(): ModuleDetail | null {
    return this._module;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get tab(): PageTab {
    return this._tab;
  }

  /** *Try*, *Folder*, *Train*, *Evaluate* and *API* live from the running module, so it starts when one of them opens. */
  setTab(tab: PageTab): void {
    this._tab = tab;
    this._changed.emit();
    this._startIfNeeded();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._reload.dispose();
      this.deployment.dispose();
      this.trial.dispose();
      this.batch.dispose();
      this.train.dispose();
      this.evaluate.dispose();
      Signal.clearData(this);
    }
  }

  /** Whether it can be tried: by what the catalogue says, or because it runs somewhere. */
  get canTry(): boolean {
    const isFit = this._module !== null && isUsable(this._module);
    return isFit || this.deployment.isLive;
  }

  /** Whether a module of this name is the one of the page: it may have one in each source. */
  isCalled(id: string): boolean {
    const names = this._module?.origins.map(origin => origin.id) ?? [];
    return [this.moduleId, this._module?.id, ...names].includes(id);
  }

  /** Ask the catalogue for the module. */
  async load(): Promise<void> {
    const { catalogue, trans } = this._options;
    try {
      checkModuleId(this.moduleId, trans);
      const module = await catalogue.get(this.moduleId);
      if (!this._isDisposed) {
        this._take(module);
      }
    } catch (reason) {
      if (!this._isDisposed) {
        this._miss(asRequestError(reason, trans));
      }
    }
  }

  private _take(module: ModuleDetail): void {
    const isFirst = this._module === null;
    const couldTry = this.canTry;
    this._module = module;
    this._error = null;
    this.deployment.setNames([
      module.id,
      ...module.origins.map(({ id }) => id)
    ]);
    if (isFirst) {
      this._welcome(module);
    }
    this._changed.emit();
    // What has stopped meanwhile is not started behind the user's back.
    if (!couldTry) {
      this._startIfNeeded();
    }
  }

  private _welcome({ id, examples }: ModuleDetail): void {
    const [example] = examples;
    if (!this.trial.isFilled) {
      if (example && this.trial.files.size === 0) {
        this.trial.useExample(example);
      }
      void this.trial.recall();
    }
    this._options.catalogue.used(id);
    void this.deployment.find();
  }

  private _miss(error: DeepRequestError): void {
    const known = this._module;
    // What is known stays while the service is away: the page says that it is.
    if (known && isConnectedOnly(known) && error.key === 'not-found') {
      // Nobody but its connection knew it: the page stays, to connect again.
      this._module = { ...known, fit: { ...known.fit, state: 'image' } };
    } else if (!known || error.key === 'not-found') {
      this._error = error;
    }
    this._changed.emit();
  }

  private _startIfNeeded(): void {
    if (this._tab === 'about' || this._tab === 'runs') {
      return;
    }
    if (this.canTry) {
      void this.deployment.start();
    } else {
      this.deployment.follow();
    }
  }

  private _onDeployment({ api }: DeploymentModel): void {
    if (api && api.deployment !== this._apiOf) {
      this._apiOf = api.deployment;
      this.trial.setApi(api.predict, api.accepts);
      this.train.setApi(api.train, api.swagger);
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state !== 'online') {
      return;
    }
    this.trial.forgetOutage();
    void this.deployment.takeUp();
    if (this._error) {
      void this.load();
    }
  }

  /** Its state and whether it runs may have changed, or the catalogue was not there before. */
  private _onEvent(_: IDeepService, { event }: DeepEvent): void {
    const isNews = event === 'catalogue' || event === 'reset';
    if (isNews && (this._module || this._error)) {
      this._reload.invoke().catch(() => undefined);
    }
  }

  private readonly _options: ModuleModel.IOptions;
  // The last change of many must be seen, also one that comes during a reading.
  private readonly _reload = new Throttler(() => void this.load(), {
    limit: RELOAD_MS,
    edge: 'trailing'
  });
  private readonly _changed = new Signal<ModuleModel, void>(this);
  private _module: ModuleDetail | null = null;
  private _error: DeepRequestError | null = null;
  private _tab: PageTab = 'about';
  private _apiOf = '';
  private _isDisposed = false;
}

export namespace ModuleModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    catalogue: ICatalogue;
    service: IDeepService;
    client: InferenceClient;
    trans: TranslationBundle;

    /** What was sent the last time; without it nothing is remembered. */
    remembered?: RememberedForms;
  }
}
