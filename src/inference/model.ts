import type { Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { ICatalogue } from '../catalogue/tokens';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import type { InferenceClient } from './client';
import { DeploymentModel } from './deploymentModel';
import { TryModel } from './tryModel';

/** The tabs of a module's page. */
export type PageTab = 'about' | 'try' | 'api';

/** A module's page: what the catalogue says of it, its deployment, its form. */
export class ModuleModel implements IDisposable {
  constructor(options: ModuleModel.IOptions) {
    const { module, service } = options;
    this._options = options;
    this.moduleId = module;
    this.deployment = new DeploymentModel(options);
    this.trial = new TryModel(options);
    this.deployment.changed.connect(this._onDeployment, this);
    service.connectionChanged.connect(this._onConnection, this);
  }

  readonly moduleId: string;
  readonly deployment: DeploymentModel;
  readonly trial: TryModel;

  get changed(): ISignal<ModuleModel, void> {
    return this._changed;
  }

  get module(): Module | null {
    return this._module;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get tab(): PageTab {
    return this._tab;
  }

  /** *Try* and *API* live from the running module, so it starts when one of them opens. */
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
      this.deployment.dispose();
      this.trial.dispose();
      Signal.clearData(this);
    }
  }

  /** Ask the catalogue for the module. */
  async load(): Promise<void> {
    const { catalogue, trans } = this._options;
    try {
      const module = await catalogue.get(this.moduleId);
      if (!this._isDisposed) {
        this._take(module);
      }
    } catch (reason) {
      if (!this._isDisposed) {
        this._error = asRequestError(reason, trans);
        this._changed.emit();
      }
    }
  }

  private _take(module: Module): void {
    const isFirst = this._module === null;
    this._module = module;
    this._error = null;
    const [example] = module.examples;
    if (isFirst && example && this.trial.files.size === 0) {
      this.trial.useExample(example);
    }
    this._changed.emit();
    this._startIfNeeded();
  }

  private _startIfNeeded(): void {
    if (this._tab !== 'about' && this._module && !this._module.broken) {
      void this.deployment.start();
    }
  }

  private _onDeployment({ api }: DeploymentModel): void {
    if (api && api.deployment !== this._apiOf) {
      this._apiOf = api.deployment;
      this.trial.setApi(api.predict, api.accepts);
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state !== 'online') {
      return;
    }
    this.trial.forgetOutage();
    if (this._error) {
      void this.load();
    }
  }

  private readonly _options: ModuleModel.IOptions;
  private readonly _changed = new Signal<ModuleModel, void>(this);
  private _module: Module | null = null;
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
  }
}
