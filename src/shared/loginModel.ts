import type { Problem } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';

const ASK_EVERY_MS = 2000;

/** A login that waits for its user in another tab, as the service tells it. */
export interface IWaitingLogin {
  id: string;
  state: string;
  error?: Problem;
}

/** Begins a login at an address, and asks how it stands until its user has ended it in another tab. */
export abstract class LoginModel<
  L extends IWaitingLogin,
  O extends LoginModel.IOptions<L>
> implements IDisposable {
  constructor(protected readonly _options: O) {}

  get changed(): ISignal<LoginModel<L, O>, void> {
    return this._changed;
  }

  /** That waits for its user in another tab. */
  get login(): L | null {
    return this._login;
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

  /** A login that still waits is given up with the page that shows it. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._timer);
    void this._leave();
    Signal.clearData(this);
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._emit();
  }

  /** Give the login up. */
  async giveUp(): Promise<void> {
    clearTimeout(this._timer);
    const left = this._leave();
    this._emit();
    await left;
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
      // Jupyter may be away for a moment; the login goes on without this page.
      if (!error.isOffline && this._login === login) {
        this._error = error;
        this._login = null;
      }
    }
    this._askLater();
    this._emit();
  }

  /** It has ended well. */
  protected abstract _onDone(login: L): void;

  /** Ask for a login, or for what needs none. */
  protected async _begin(ask: () => Promise<L | undefined>): Promise<void> {
    this._isBusy = true;
    this._error = null;
    this._login = null;
    this._emit();
    try {
      const login = await ask();
      if (login) {
        this._take(login);
      }
      if (this._isDisposed) {
        await this._leave();
        return;
      }
      this._askLater();
    } catch (reason) {
      this._refused(asRequestError(reason, this._options.trans));
    }
    this._isBusy = false;
    this._emit();
  }

  /** Another address has to be confirmed anew. */
  protected _forgetConfirmed(): void {
    this._privateWords = null;
    this._isConfirmed = false;
  }

  protected _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  protected _error: DeepRequestError | null = null;

  private _take(login: L): void {
    this._login = login;
    if (login.state === 'done') {
      this._onDone(login);
    }
    if (login.state === 'failed' && login.error) {
      this._error = new DeepRequestError(login.error);
      this._login = null;
    }
  }

  private async _leave(): Promise<void> {
    const { _login: login } = this;
    this._login = null;
    if (login?.state === 'waiting') {
      // Nothing is lost: a login that nobody ends runs out by itself.
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

  private readonly _changed = new Signal<LoginModel<L, O>, void>(this);
  private _login: L | null = null;
  private _privateWords: string | null = null;
  private _isConfirmed = false;
  private _isBusy = false;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

export namespace LoginModel {
  export interface IOptions<L extends IWaitingLogin> {
    client: {
      login(id: string): Promise<L>;
      giveUpLogin(id: string): Promise<void>;
    };
    trans: TranslationBundle;
    askEveryMs?: number;
  }
}
