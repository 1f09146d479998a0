import type {
  Account,
  AccountProvider,
  DeepEvent,
  StorageAccount
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { StorageClient } from '../storage/client';
import type { AccountsClient } from './client';

/** All accounts of the user, and with whom one can sign in; kept up to date by events. It lives as long as the page. */
export class AccountsModel {
  constructor(private readonly _options: AccountsModel.IOptions) {
    _options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<AccountsModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get accounts(): readonly Account[] | null {
    return this._accounts;
  }

  get storage(): readonly StorageAccount[] {
    return this._storage;
  }

  get providers(): readonly AccountProvider[] {
    return this._providers;
  }

  get isRefreshing(): boolean {
    return this._isRefreshing;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  async refresh(): Promise<void> {
    this._isRefreshing = true;
    this._emit();
    this._heard.clear();
    await this.attempt(async () => {
      const { client, storage } = this._options;
      const [accounts, providers, stored] = await Promise.all([
        client.accounts(),
        client.providers(),
        storage.accounts()
      ]);
      this._accounts = accounts.map(each => this._newer('account', each));
      this._providers = providers;
      this._storage = stored.map(each => this._newer('storage', each));
    });
    this._isRefreshing = false;
    this._emit();
  }

  /** An account that was just made, or asked anew. */
  take(account: Account): void {
    this._accounts = replaced(this._accounts ?? [], account);
    this._emit();
  }

  takeStorage(account: StorageAccount): void {
    this._storage = replaced(this._storage, account);
    this._emit();
  }

  /** One that was disconnected. */
  drop(account: Account): void {
    this._accounts = this._accounts?.filter(each => each !== account) ?? null;
    this._emit();
  }

  dropStorage(account: StorageAccount): void {
    this._storage = this._storage.filter(each => each !== account);
    this._emit();
  }

  /** Null after a failure, which the panel then shows. */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const result = await work();
      this._error = null;
      this._emit();
      return result;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
      this._emit();
      return null;
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (!this._accounts && !this._isRefreshing) {
      return;
    }
    switch (message.event) {
      case 'account':
        this._heard.set(`account ${message.data.id}`, message.data);
        this.take(message.data);
        break;
      case 'storage-account':
        this._heard.set(`storage ${message.data.id}`, message.data);
        this.takeStorage(message.data);
        break;
      case 'reset':
        void this.refresh();
        break;
    }
  }

  /** What an event has said since the question was asked. */
  private _newer<T extends { id: string }>(kind: string, answered: T): T {
    const heard = this._heard.get(`${kind} ${answered.id}`);
    return (heard as T | undefined) ?? answered;
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<AccountsModel, void>(this);
  private readonly _heard = new Map<string, Account | StorageAccount>();
  private _accounts: readonly Account[] | null = null;
  private _storage: readonly StorageAccount[] = [];
  private _providers: readonly AccountProvider[] = [];
  private _error: DeepRequestError | null = null;
  private _isRefreshing = false;
}

export namespace AccountsModel {
  export interface IOptions {
    service: IDeepService;
    client: AccountsClient;
    storage: StorageClient;
    trans: TranslationBundle;
  }
}

function replaced<T extends { id: string }>(
  items: readonly T[],
  item: T
): readonly T[] {
  return items.some(({ id }) => id === item.id)
    ? items.map(each => (each.id === item.id ? item : each))
    : [...items, item];
}
