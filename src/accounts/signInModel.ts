import type {
  Account,
  AccountProvider,
  DeviceLogin,
  DeviceLoginRequest
} from '@jupyterlab-deep/protocol';
import { LoginModel } from '../shared/loginModel';
import type { AccountsClient } from './client';

/** Signing in by a code that is entered in another tab. */
export class SignInModel extends LoginModel<DeviceLogin, SignInModel.IOptions> {
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

  get signedIn(): Account | null {
    return this._signedIn;
  }

  setIssuer(issuer: string): void {
    this._issuer = issuer;
    this._forgetConfirmed();
    this._emit();
  }

  setClientId(clientId: string): void {
    this._clientId = clientId;
    this._emit();
  }

  /** Have a code given. */
  begin(): Promise<void> {
    return this._begin(() => this._options.client.startLogin(this._request));
  }

  protected _onDone({ account }: DeviceLogin): void {
    if (account) {
      this._signedIn = account;
      this._options.onSignedIn(account);
    }
  }

  private get _request(): DeviceLoginRequest {
    const { account, provider } = this._options;
    const confirmed = this.isConfirmed && { allowPrivate: true };
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

  private _issuer = '';
  private _clientId = '';
  private _signedIn: Account | null = null;
}

export namespace SignInModel {
  export interface IOptions extends LoginModel.IOptions<DeviceLogin> {
    client: AccountsClient;
    onSignedIn: (account: Account) => void;
    provider?: AccountProvider;
    /** To be linked again. */
    account?: Account;
  }
}
