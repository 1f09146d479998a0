import type {
  Account,
  AccountProvider,
  DeviceLogin,
  DeviceLoginRequest
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { AccountsClient } from './client';

const ASK_EVERY_MS = 2000;

/** Signing in by a code that is entered in another tab. */
export class SignInModel implements IDisposable {
  constructor(private readonly _options: SignInModel.IOptions) {}

  get changed(): ISignal<SignInModel, void> {
    return this._changed;
  }

  /** With whom, for people; empty where that is to be typed. */
  get title(): string {
    const { account, provider } = this._options;
    return account?.title ?? provider?.title ?? '';
  }

  /** Nothing is to be filled in. */
  get isKnown(): boolean {
    return this.title !== '';
  }

  get isAgain(): boolean {
    return this._options.account !== undefined;
  }

  get issuer(): string {
    return this._issuer;
  }

  get clientId(): string {
    return this._clientId;
  }

  /** Of an issuer that is not public, until the user has confirmed it. */
  get privateWords(): string | null {
    return this._privateWords;
  }

  get isConfirmed(): boolean {
    return this._isConfirmed;
  }

  /** That waits for its user in another tab. */
  get login(): DeviceLogin | null {
    return this._login;
  }

  get signedIn(): Account | null {
    return this._signedIn;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** A sign-in that still waits is given up: its code was on this page only. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._timer);
    void this._giveUp();
    Signal.clearData(this);
  }

  setIssuer(issuer: string): void {
    this._issuer = issuer;
    this._privateWords = null;
    this._isConfirmed = false;
    this._emit();
  }

  setClientId(clientId: string): void {
    this._clientId = clientId;
    this._emit();
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._emit();
  }

  /** Have a code given. */
  async begin(): Promise<void> {
    this._isBusy = true;
    this._error = null;
    this._login = null;
    this._emit();
    try {
      const login = await this._options.client.startLogin(this._request);
      this._login = login;
      if (this._isDisposed) {
        await this._giveUp();
        return;
      }
      this._askLater();
    } catch (reason) {
      this._refused(asRequestError(reason, this._options.trans));
    }
    this._isBusy = false;
    this._emit();
  }

  /** Ask now how it stands: the page is back in front. */
  async ask(): Promise<void> {
    const { _login: login } = this;
    if (!login || login.state !== 'waiting' || this._isDisposed) {
      return;
    }
    clearTimeout(this._timer);
    try {
      const now = await this._options.client.login(login.id);
      if (this._login === login && !this._isDisposed) {
        this._take(now);
      }
    } catch (reason) {
      const error = asRequestError(reason, this._options.trans);
      // Jupyter may be away for a moment; the sign-in goes on without this page.
      if (!error.isOffline && this._login === login) {
        this._error = error;
        this._login = null;
      }
    }
    this._askLater();
    this._emit();
  }

  private get _request(): DeviceLoginRequest {
    const { account, provider } = this._options;
    const confirmed = this._isConfirmed && { allowPrivate: true };
    if (account) {
      return { account: account.id, ...confirmed };
    }
    return provider
      ? { provider: provider.id }
      : {
          issuer: this._issuer.trim(),
          clientId: this._clientId.trim(),
          ...confirmed
        };
  }

  private _take(login: DeviceLogin): void {
    this._login = login;
    if (login.state === 'done' && login.account) {
      this._signedIn = login.account;
      this._options.onSignedIn(login.account);
    }
    if (login.state === 'failed' && login.error) {
      this._error = new DeepRequestError(login.error);
      this._login = null;
    }
  }

  private async _giveUp(): Promise<void> {
    const { _login: login } = this;
    this._login = null;
    if (login?.state === 'waiting') {
      // Nothing is lost: a sign-in that nobody ends runs out by itself.
      await this._options.client.giveUpLogin(login.id).catch(() => undefined);
    }
  }

  private _askLater(): void {
    clearTimeout(this._timer);
    if (this._login?.state === 'waiting' && !this._isDisposed) {
      const everyMs = this._options.askEveryMs ?? ASK_EVERY_MS;
      this._timer = setTimeout(() => void this.ask(), everyMs);
    }
  }

  private _refused(error: DeepRequestError): void {
    if (error.key === 'address-private') {
      this._privateWords = error.problem.detail;
    } else {
      this._error = error;
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<SignInModel, void>(this);
  private _issuer = '';
  private _clientId = '';
  private _privateWords: string | null = null;
  private _isConfirmed = false;
  private _login: DeviceLogin | null = null;
  private _signedIn: Account | null = null;
  private _isBusy = false;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

export namespace SignInModel {
  export interface IOptions {
    client: AccountsClient;
    trans: TranslationBundle;
    onSignedIn: (account: Account) => void;
    provider?: AccountProvider;
    /** To be linked again. */
    account?: Account;
    askEveryMs?: number;
  }
}
