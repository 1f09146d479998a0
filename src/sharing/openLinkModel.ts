import type { SharedModule } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { SharingClient } from './client';

/** A link that somebody sent, its password where it has one, and what its server says. */
export class OpenLinkModel implements IDisposable {
  constructor(
    private readonly _client: Pick<SharingClient, 'openLink'>,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<OpenLinkModel, void> {
    return this._changed;
  }

  get link(): string {
    return this._link;
  }

  get password(): string {
    return this._password;
  }

  /** The server has asked for one. */
  get needsPassword(): boolean {
    return this._needsPassword;
  }

  /** Why the host is to be confirmed; null while it need not be. */
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

  get canOpen(): boolean {
    return (
      !this._isBusy &&
      this._link.trim() !== '' &&
      (this._privateWords === null || this._isConfirmed)
    );
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._password = '';
    Signal.clearData(this);
  }

  /** Another link is asked about anew. */
  setLink(link: string): void {
    this._link = link;
    this._privateWords = null;
    this._isConfirmed = false;
    this._error = null;
    this._changed.emit();
  }

  setPassword(password: string): void {
    this._password = password;
    this._changed.emit();
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._changed.emit();
  }

  /** @returns what lies behind the link; null where its server wants something first, or refuses */
  async open(): Promise<SharedModule[] | null> {
    if (!this.canOpen) {
      return null;
    }
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    try {
      return await this._client.openLink({
        link: this._link.trim(),
        ...(this._password && { password: this._password }),
        ...(this._isConfirmed && { allowPrivate: true })
      });
    } catch (reason) {
      this._refused(asRequestError(reason, this._trans));
      return null;
    } finally {
      this._isBusy = false;
      if (!this._isDisposed) {
        this._changed.emit();
      }
    }
  }

  private _refused(error: DeepRequestError): void {
    if (error.key === 'address-private') {
      this._privateWords = error.problem.detail;
      return;
    }
    const isFirst = error.key === 'link-password' && !this._needsPassword;
    this._needsPassword ||= error.key === 'link-password';
    // That it asks is no failure: its field says so.
    this._error = isFirst ? null : error;
  }

  private readonly _changed = new Signal<OpenLinkModel, void>(this);
  private _link = '';
  private _password = '';
  private _needsPassword = false;
  private _privateWords: string | null = null;
  private _isConfirmed = false;
  private _isBusy = false;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}
