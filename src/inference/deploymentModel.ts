import type {
  DeepEvent,
  Deployment,
  ModuleApi
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { InferenceClient } from './client';

const LIVE = ['preparing', 'starting', 'ready', 'unreachable'];

/** The running module behind a page: started when first needed, followed by events, asked for its API once it is ready. */
export class DeploymentModel implements IDisposable {
  constructor(options: DeploymentModel.IOptions) {
    this._options = options;
    options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<DeploymentModel, void> {
    return this._changed;
  }

  get deployment(): Deployment | null {
    return this._deployment;
  }

  /** Kept when the module stops: the form stays. */
  get api(): ModuleApi | null {
    return this._api;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isLive(): boolean {
    return this._deployment !== null && LIVE.includes(this._deployment.state);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Start the module unless it runs. */
  async start(): Promise<void> {
    this._isWanted = true;
    if (!this.isLive || this._error) {
      await this._ask();
    }
  }

  private async _ask(): Promise<void> {
    if (this._isStarting) {
      return;
    }
    this._isStarting = true;
    this._error = null;
    this._changed.emit();
    const { client, module } = this._options;
    try {
      this._take(await client.startModule(module));
    } catch (reason) {
      this._fail(reason);
    } finally {
      this._isStarting = false;
    }
  }

  private _take(deployment: Deployment): void {
    const known = this._deployment;
    const isStale =
      known?.id === deployment.id && known.since > deployment.since;
    // A reply may have left before an event that arrived earlier than it.
    if (this._isDisposed || isStale) {
      return;
    }
    this._deployment = deployment;
    this._error = null;
    this._changed.emit();
    if (
      deployment.state === 'ready' &&
      this._api?.deployment !== deployment.id
    ) {
      void this._loadApi(deployment.id);
    }
  }

  private async _loadApi(id: string): Promise<void> {
    try {
      const api = await this._options.client.getApi(id);
      if (!this._isDisposed && this._deployment?.id === id) {
        this._api = api;
        this._changed.emit();
      }
    } catch (reason) {
      this._fail(reason);
    }
  }

  private _fail(reason: unknown): void {
    if (!this._isDisposed) {
      this._error = asRequestError(reason, this._options.trans);
      this._changed.emit();
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (!this._isWanted) {
      return;
    }
    if (message.event === 'reset' && (this.isLive || !this._deployment)) {
      // What still runs is found, what died with the service is started; what had stopped before stays so.
      void this._ask();
    }
    if (message.event === 'deployment') {
      const { id, module } = message.data;
      const isOurs = module === this._options.module;
      if (id === this._deployment?.id || (isOurs && !this.isLive)) {
        this._take(message.data);
      }
    }
  }

  private readonly _options: DeploymentModel.IOptions;
  private readonly _changed = new Signal<DeploymentModel, void>(this);
  private _deployment: Deployment | null = null;
  private _api: ModuleApi | null = null;
  private _error: DeepRequestError | null = null;
  private _isWanted = false;
  private _isStarting = false;
  private _isDisposed = false;
}

export namespace DeploymentModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    client: InferenceClient;
    trans: TranslationBundle;
  }
}
