import type {
  StorageAccount,
  StorageLogin,
  StorageLoginRequest
} from '@jupyterlab-deep/protocol';
import { LoginModel } from '../shared/loginModel';
import type { StorageClient } from './client';

/** What the login is for. */
export type LinkPurpose = NonNullable<StorageLoginRequest['purpose']>;

export type LinkKind = 'nextcloud' | 'webdav';

/** Linking an account: an address, a login in another tab, or a name and a password. */
export class LinkModel extends LoginModel<StorageLogin, LinkModel.IOptions> {
  constructor(options: LinkModel.IOptions) {
    super(options);
    this._address = options.account?.server ?? '';
    this._user = options.account?.user ?? '';
    this._kind = options.account?.kind ?? 'nextcloud';
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

  get linked(): StorageAccount | null {
    return this._linked;
  }

  /** Told once. */
  get rclone(): string | null {
    return this._rclone;
  }

  setKind(kind: LinkKind): void {
    this._kind = kind;
    this._error = null;
    this._emit();
  }

  setAddress(address: string): void {
    this._address = address;
    this._forgetConfirmed();
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

  /** Ask the server for a page to log in, or log in. */
  submit(): Promise<void> {
    return this._begin(async () =>
      this._kind === 'webdav' ? this._linkWebdav() : this._startLogin()
    );
  }

  protected _onDone({ account, rclone }: StorageLogin): void {
    this._rclone = rclone ?? null;
    if (account && this.purpose !== 'rclone') {
      this._linked = account;
      this._options.onLinked(account);
    }
  }

  private async _linkWebdav(): Promise<undefined> {
    const account = await this._options.client.linkWebdav({
      address: this._address.trim(),
      user: this._user,
      password: this._password,
      ...(this.again && { account: this.again.id }),
      ...(this.isConfirmed && { allowPrivate: true })
    });
    this._password = '';
    this._linked = account;
    this._options.onLinked(account);
  }

  private _startLogin(): Promise<StorageLogin> {
    const request: StorageLoginRequest = {
      address: this._address.trim(),
      purpose: this.purpose,
      ...(this.again && { account: this.again.id }),
      ...(this.isConfirmed && { allowPrivate: true })
    };
    return this._options.client.startLogin(request);
  }

  private _kind: LinkKind;
  private _address: string;
  private _user: string;
  private _password = '';
  private _linked: StorageAccount | null = null;
  private _rclone: string | null = null;
}

export namespace LinkModel {
  export interface IOptions extends LoginModel.IOptions<StorageLogin> {
    client: StorageClient;
    onLinked: (account: StorageAccount) => void;
    /** To be linked again. */
    account?: StorageAccount;
    purpose?: LinkPurpose;
  }
}
