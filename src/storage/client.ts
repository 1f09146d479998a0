import type {
  Dataset,
  DatasetRemoval,
  DatasetRequest,
  Datasets,
  Run,
  RunListing,
  StorageAccount,
  StorageAccounts,
  StorageDisconnection,
  StorageLogin,
  StorageLoginRequest,
  TransferRequest,
  WebdavAccountRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

const MOST_TRANSFERS = 100;

/** The routes of accounts, datasets and transfers, one function each. */
export class StorageClient {
  constructor(private readonly _service: IDeepService) {}

  async accounts(): Promise<StorageAccount[]> {
    const reply =
      await this._service.requestJson<StorageAccounts>('storage/accounts');
    return reply.accounts;
  }

  linkWebdav(request: WebdavAccountRequest): Promise<StorageAccount> {
    return this._post('storage/accounts', request);
  }

  /** Forget an account, and revoke its password on the other side. */
  disconnect(account: string): Promise<StorageDisconnection> {
    return this._service.requestJson(`storage/accounts/${account}`, {
      method: 'DELETE'
    });
  }

  /** Have the password revoked that deployments were given. */
  takeBack(account: string): Promise<StorageDisconnection> {
    return this._service.requestJson(
      `storage/accounts/${account}/deployments`,
      { method: 'DELETE' }
    );
  }

  check(account: string): Promise<StorageAccount> {
    return this._post(`storage/accounts/${account}/check`, {});
  }

  startLogin(request: StorageLoginRequest): Promise<StorageLogin> {
    return this._post('storage/logins', request);
  }

  login(id: string): Promise<StorageLogin> {
    return this._service.requestJson(`storage/logins/${id}`);
  }

  async giveUpLogin(id: string): Promise<void> {
    await this._service.request(`storage/logins/${id}`, { method: 'DELETE' });
  }

  async datasets(): Promise<Dataset[]> {
    const reply = await this._service.requestJson<Datasets>('storage/datasets');
    return reply.datasets;
  }

  makeDataset(request: DatasetRequest): Promise<Dataset> {
    return this._post('storage/datasets', request);
  }

  dataset(id: string): Promise<Dataset> {
    return this._service.requestJson<Dataset>(`storage/datasets/${id}`);
  }

  refresh(dataset: string): Promise<Run> {
    return this._post(`storage/datasets/${dataset}/refresh`, {});
  }

  push(dataset: string): Promise<Run> {
    return this._post(`storage/datasets/${dataset}/push`, {});
  }

  fetchMore(dataset: string, pattern: string): Promise<Run> {
    return this._post(`storage/datasets/${dataset}/fetch`, { pattern });
  }

  async forget(dataset: string, removal: DatasetRemoval): Promise<void> {
    await this._service.request(`storage/datasets/${dataset}`, {
      method: 'DELETE',
      json: removal
    });
  }

  transfer(request: TransferRequest): Promise<Run> {
    return this._post('storage/transfers', request);
  }

  /** Runs of kind `transfer`, newest first. */
  async transfers(): Promise<Run[]> {
    const { runs } = await this._service.requestJson<RunListing>(
      `runs?limit=${MOST_TRANSFERS}`
    );
    return runs.filter(({ kind }) => kind === 'transfer');
  }

  /** The log of a run, from its beginning. */
  async log(run: string): Promise<string> {
    const response = await this._service.request(`runs/${run}/log?offset=0`);
    return response.text();
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}
