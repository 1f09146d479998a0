import type {
  Account,
  AccountDisconnection,
  AccountProvider,
  AccountProviders,
  Accounts,
  DeviceLogin,
  DeviceLoginRequest,
  ImAccountRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of accounts, one function each. */
export class AccountsClient {
  constructor(private readonly _service: IDeepService) {}

  async accounts(): Promise<Account[]> {
    const reply = await this._service.requestJson<Accounts>('accounts');
    return reply.accounts;
  }

  async providers(): Promise<AccountProvider[]> {
    const { providers } =
      await this._service.requestJson<AccountProviders>('accounts/providers');
    return providers;
  }

  startLogin(request: DeviceLoginRequest): Promise<DeviceLogin> {
    return this._post('accounts/logins', request);
  }

  login(id: string): Promise<DeviceLogin> {
    return this._service.requestJson(`accounts/logins/${id}`);
  }

  async giveUpLogin(id: string): Promise<void> {
    await this._service.request(`accounts/logins/${id}`, { method: 'DELETE' });
  }

  keepIm(request: ImAccountRequest): Promise<Account> {
    return this._post('accounts/im', request);
  }

  check(account: string): Promise<Account> {
    return this._post(`accounts/${account}/check`, {});
  }

  /** Forget an account, and have its tokens revoked on the other side. */
  disconnect(account: string): Promise<AccountDisconnection> {
    return this._service.requestJson(`accounts/${account}`, {
      method: 'DELETE'
    });
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}
