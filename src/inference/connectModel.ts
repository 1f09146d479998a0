import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { InferenceClient } from './client';
import { hostOf } from './hosts';
import { isConnectedOnly } from './usability';

/** *Connect to a running module*: the address, what the server answered, what it still wants to know. */
export class ConnectModel {
  constructor(private readonly _options: ConnectModel.IOptions) {
    this._address = _options.address ?? '';
  }

  get changed(): ISignal<ConnectModel, void> {
    return this._changed;
  }

  get address(): string {
    return this._address;
  }

  /** Models of the server; empty while it has not asked which one. */
  get models(): readonly string[] {
    return this._models;
  }

  get model(): string {
    return this._model;
  }

  /** The host that is not public, as long as it is not known whether the user means it. */
  get privateHost(): string | null {
    return this._privateHost;
  }

  /** Whether the user means it. */
  get isConfirmed(): boolean {
    return this._isConfirmed;
  }

  /** Why it could not be connected. A question of the server is none. */
  get error(): DeepRequestError | null {
    return this._error;
  }

  /** What the server asked, in its words. */
  get question(): string {
    return this._question;
  }

  /** When the server began to be asked; null while it is not. */
  get busySince(): Date | null {
    return this._busySince;
  }

  /** Another address: what was said of the former one no longer holds. */
  setAddress(address: string): void {
    this._address = address;
    this._models = [];
    this._model = '';
    this._privateHost = null;
    this._isConfirmed = false;
    this._forget();
  }

  setModel(model: string): void {
    this._model = model;
    this._changed.emit();
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._changed.emit();
  }

  /** Ask the server. What comes back null is shown: a question or a failure. */
  async connect(): Promise<Deployment | null> {
    if (this._busySince || this._address.trim() === '') {
      return null;
    }
    this._busySince = new Date();
    this._forget();
    this._abort = new AbortController();
    const { signal } = this._abort;
    try {
      return await this._send(signal);
    } catch (reason) {
      if (!signal.aborted) {
        this._hear(asRequestError(reason, this._options.trans));
      }
      return null;
    } finally {
      this._busySince = null;
      this._changed.emit();
    }
  }

  /** Give up what goes. */
  cancel(): void {
    this._abort.abort();
  }

  private _send(signal: AbortSignal): Promise<Deployment> {
    const { client, module } = this._options;
    const isOfCatalogue =
      module !== undefined && !isConnectedOnly({ id: module });
    return client.connect(
      {
        address: this._address.trim(),
        ...(isOfCatalogue && { module }),
        ...(this._model && { model: this._model }),
        ...(this._isConfirmed && { allowPrivate: true })
      },
      signal
    );
  }

  private _hear(error: DeepRequestError): void {
    const { detail, fields } = error.problem;
    const models = fields?.model ?? [];
    if (error.key === 'address-private') {
      this._privateHost = hostOf(this._address);
      this._question = detail;
    } else if (error.key === 'invalid-arguments' && models.length > 0) {
      this._models = models;
      this._model = models.includes(this._model) ? this._model : models[0];
      this._question = detail;
    } else {
      this._error = error;
    }
  }

  private _forget(): void {
    this._error = null;
    this._question = '';
    this._changed.emit();
  }

  private readonly _changed = new Signal<ConnectModel, void>(this);
  private _address: string;
  private _models: readonly string[] = [];
  private _model = '';
  private _privateHost: string | null = null;
  private _isConfirmed = false;
  private _error: DeepRequestError | null = null;
  private _question = '';
  private _busySince: Date | null = null;
  private _abort = new AbortController();
}

export namespace ConnectModel {
  export interface IOptions {
    client: InferenceClient;
    trans: TranslationBundle;

    /** Id of the module that it is; without one the server says what it is. */
    module?: string;

    /** What is filled in. */
    address?: string;
  }
}
