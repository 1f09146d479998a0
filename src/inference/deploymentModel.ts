import type {
  Consent,
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
import { isLive, presentOf } from './presentDeployment';

/** The running module behind a page, here or elsewhere: started when first needed, followed by events, asked for its API once it is ready. */
export class DeploymentModel implements IDisposable {
  constructor(options: DeploymentModel.IOptions) {
    this._options = options;
    this._names = new Set([options.module]);
    options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<DeploymentModel, void> {
    return this._changed;
  }

  /** The one that a prediction goes to; the last one where none runs. */
  get deployment(): Deployment | null {
    return presentOf([...this._known.values()]);
  }

  /** Kept when the module stops: the form stays. */
  get api(): ModuleApi | null {
    return this._api;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isLive(): boolean {
    const { deployment } = this;
    return deployment !== null && isLive(deployment);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** What the module is called in its sources: a deployment is known by one of the names. */
  setNames(names: string[]): void {
    this._names = new Set([this._options.module, ...names]);
  }

  /** Look for what runs already, without starting anything. */
  async find(): Promise<void> {
    const before = [...this._known.keys()];
    try {
      const deployments = await this._options.client.listDeployments();
      const found = deployments.filter(each => this._isOurs(each));
      const ids = new Set(found.map(({ id }) => id));
      before.filter(id => !ids.has(id)).forEach(id => this._known.delete(id));
      found.forEach(each => this._take(each));
    } catch {
      // The page says that the service is away; start() asks again and says why it fails.
    }
  }

  /** Ask for the API of what runs already or comes to run, without starting anything. */
  follow(): void {
    this._isFollowed = true;
    this._loadApiIfReady();
  }

  /** The connection is back: what could not be asked for meanwhile is asked for now. */
  async takeUp(): Promise<void> {
    if (this._error && this._isFollowed) {
      await this.find();
    }
  }

  /** Start the module unless it runs. */
  async start(): Promise<void> {
    this._isWanted = true;
    this.follow();
    if (!this.isLive || this._error) {
      await this.ask();
    }
  }

  /** Forget a module that runs elsewhere; its server goes on. */
  async disconnect(): Promise<void> {
    const { deployment } = this;
    if (deployment) {
      const { client } = this._options;
      await this._try(() => client.stopDeployment(deployment.id));
    }
  }

  /** Stop it and start it anew. */
  async restart(): Promise<void> {
    const { deployment } = this;
    if (deployment) {
      const { client } = this._options;
      await this._try(() => client.restartDeployment(deployment.id));
    }
  }

  /** Stop what starts, or runs on this machine. */
  async stop(): Promise<void> {
    this._isWanted = false;
    await this.disconnect();
  }

  /** Stop it, and start what the catalogue has of it now. */
  async renew(): Promise<void> {
    await this.stop();
    await this._untilStopped();
    if (!this._error && !this._isDisposed) {
      await this.start();
    }
  }

  /** Have the service start the module, or ask again whether it answers. */
  async ask(consent?: Consent): Promise<void> {
    if (this._isStarting) {
      return;
    }
    this._isStarting = true;
    this._error = null;
    this._changed.emit();
    const { client, module } = this._options;
    await this._try(() => client.startModule(module, consent));
    this._isStarting = false;
  }

  private _untilStopped(): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        const isGoing = this.isLive || this.deployment?.state === 'stopping';
        if (!isGoing || this._error || this._isDisposed) {
          this._changed.disconnect(look);
          resolve();
        }
      };
      this._changed.connect(look);
      look();
    });
  }

  private async _try(act: () => Promise<Deployment>): Promise<void> {
    try {
      this._take(await act());
    } catch (reason) {
      this._fail(reason);
    }
  }

  private _take(deployment: Deployment): void {
    const known = this._known.get(deployment.id);
    // A reply may have left before an event that arrived earlier than it.
    if (this._isDisposed || (known && known.since > deployment.since)) {
      return;
    }
    this._known.set(deployment.id, deployment);
    this._error = null;
    this._changed.emit();
    this._loadApiIfReady();
  }

  private _loadApiIfReady(): void {
    const { deployment } = this;
    const isNew =
      deployment?.id !== this._api?.deployment &&
      deployment?.id !== this._asked;
    if (this._isFollowed && deployment?.state === 'ready' && isNew) {
      void this._loadApi(deployment.id);
    }
  }

  private async _loadApi(id: string): Promise<void> {
    this._asked = id;
    try {
      const api = await this._options.client.getApi(id);
      if (!this._isDisposed && this.deployment?.id === id) {
        this._api = api;
        this._changed.emit();
      }
    } catch (reason) {
      this._fail(reason);
    } finally {
      this._asked = this._asked === id ? undefined : this._asked;
    }
  }

  private _fail(reason: unknown): void {
    if (!this._isDisposed) {
      this._error = asRequestError(reason, this._options.trans);
      this._changed.emit();
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'deployment' && this._isOurs(message.data)) {
      this._take(message.data);
    }
    if (message.event === 'reset') {
      void this._lookAnew();
    }
  }

  /** What still runs is found, what died with the service is started; what had stopped before stays so. */
  private async _lookAnew(): Promise<void> {
    const mayRun = this.isLive || !this.deployment;
    await this.find();
    if (this._isWanted && mayRun && !this._isDisposed) {
      await this.ask();
    }
  }

  private _isOurs({ id, module }: Deployment): boolean {
    return this._known.has(id) || this._names.has(module);
  }

  private readonly _options: DeploymentModel.IOptions;
  private readonly _changed = new Signal<DeploymentModel, void>(this);
  private readonly _known = new Map<string, Deployment>();
  private _names: Set<string>;
  private _api: ModuleApi | null = null;
  private _error: DeepRequestError | null = null;
  private _isFollowed = false;
  /** Whose API is being asked for. */
  private _asked: string | undefined;
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
