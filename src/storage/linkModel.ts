import type {
  StorageAccount,
  StorageLogin,
  StorageLoginRequest
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { StorageClient } from './client';

const ASK_EVERY_MS = 2000;

/** What the login is for. */
export type LinkPurpose = NonNullable<StorageLoginRequest['purpose']>;

export type LinkKind = 'nextcloud' | 'webdav';

/** Linking an account: an address, a login in another tab, or a name and a password. */
export class LinkModel implements IDisposable {
  constructor(private readonly _options: LinkModel.IOptions) {
    this._address = _options.account?.server ?? '';
    this._user = _options.account?.user ?? '';
    this._kind = _options.account?.kind ?? 'nextcloud';
  }

  get changed(): ISignal<LinkModel, void> {
    return this._changed;
  }

  get kind(): LinkKind {
    return this._kind;
  }

  get address(): string {
    return this._address;
  }

  get user(): string {
    return this._user;
  }

  get password(): string {
    return this._password;
  }

  get purpose(): LinkPurpose {
    return this._options.purpose ?? 'account';
  }

  /** The account that is linked again, or whose settings are asked for. */
  get again(): StorageAccount | undefined {
    return this._options.account;
  }

  /** That waits for its user in another tab. */
  get login(): StorageLogin | null {
    return this._login;
  }

  get linked(): StorageAccount | null {
    return this._linked;
  }

  /** Told once. */
  get rclone(): string | null {
    return this._rclone;
  }

  /** Of an address that is not public, until the user has confirmed it. */
  get privateWords(): string | null {
    return this._privateWords;
  }

  get isConfirmed(): boolean {
    return this._isConfirmed;
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

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    const { _login: login } = this;
    if (login?.state === 'waiting') {
      // Nothing is lost: a login that nobody ends runs out by itself.
      void this._options.client.giveUpLogin(login.id).catch(() => undefined);
    }
    Signal.clearData(this);
  }

  setKind(kind: LinkKind): void {
    this._kind = kind;
    this._error = null;
    this._emit();
  }

  setAddress(address: string): void {
    this._address = address;
    this._privateWords = null;
    this._isConfirmed = false;
    this._emit();
  }

  setUser(user: string): void {
    this._user = user;
    this._emit();
  }

  setPassword(password: string): void {
    this._password = password;
    this._emit();
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._emit();
  }

  /** Ask the server for a page to log in, or log in. */
  async submit(): Promise<void> {
    this._isBusy = true;
    this._error = null;
    this._emit();
    try {
      await (this._kind === 'webdav' ? this._linkWebdav() : this._startLogin());
    } catch (reason) {
      this._refused(asRequestError(reason, this._options.trans));
    }
    this._isBusy = false;
    this._emit();
  }

  /** Give the login up, and go back to the address. */
  async giveUp(): Promise<void> {
    clearTimeout(this._timer);
    const { _login: login } = this;
    this._login = null;
    this._emit();
    if (login?.state === 'waiting') {
      await this._options.client.giveUpLogin(login.id).catch(() => undefined);
    }
  }

  /** Ask now how the login stands: the page is back in front. */
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
      this._error = asRequestError(reason, this._options.trans);
      if (!this._error.isOffline) {
        this._login = null;
      }
    }
    this._askLater();
    this._emit();
  }

  private async _linkWebdav(): Promise<void> {
    const account = await this._options.client.linkWebdav({
      address: this._address.trim(),
      user: this._user,
      password: this._password,
      ...(this.again && { account: this.again.id }),
      ...(this._isConfirmed && { allowPrivate: true })
    });
    this._password = '';
    this._linked = account;
    this._options.onLinked(account);
  }

  private async _startLogin(): Promise<void> {
    const request: StorageLoginRequest = {
      address: this._address.trim(),
      purpose: this.purpose,
      ...(this.again && { account: this.again.id }),
      ...(this._isConfirmed && { allowPrivate: true })
    };
    this._take(await this._options.client.startLogin(request));
    this._askLater();
  }

  private _take(login: StorageLogin): void {
    this._login = login;
    if (login.state === 'done') {
      this._rclone = login.rclone ?? null;
      if (login.account && this.purpose !== 'rclone') {
        this._linked = login.account;
        this._options.onLinked(login.account);
      }
    }
    if (login.state === 'failed' && login.error) {
      this._error = new DeepRequestError(login.error);
      this._login = null;
    }
  }

  private _askLater(): void {
    clearTimeout(this._timer);
    if (this._login?.state === 'waiting' && !this._isDisposed) {
      this._timer = setTimeout(() => void this.ask(), this._everyMs);
    }
  }

  private get _everyMs(): number {
    return this._options.askEveryMs ?? ASK_EVERY_MS;
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

  private readonly _changed = new Signal<LinkModel, void>(this);
  private _kind: LinkKind;
  private _address: string;
  private _user: string;
  private _password = '';
  private _login: StorageLogin | null = null;
  private _linked: StorageAccount | null = null;
  private _rclone: string | null = null;
  private _privateWords: string | null = null;
  private _isConfirmed = false;
  private _isBusy = false;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

export namespace LinkModel {
  export interface IOptions {
    client: StorageClient;
    trans: TranslationBundle;
    onLinked: (account: StorageAccount) => void;
    /** To be linked again. */
    account?: StorageAccount;
    purpose?: LinkPurpose;
    askEveryMs?: number;
  }
}
