import type { StorageAccount } from '@jupyterlab-deep/protocol';
import type { Store } from '../../store/store';

/** What is kept of a linked account beside what everybody sees. */
export interface IKeptAccount {
  account: StorageAccount;
  allowPrivate: boolean;
  /** What the server calls the login; the user name of requests. */
  loginName: string;
  /** Sealed. */
  secret: string;
  /** Sealed `IGrantedLogin`: the password of their own that deployments elsewhere are given. */
  handedOver?: string;
}

/** A login that waits for its user; kept so that it outlives the service. */
export interface IKeptLogin {
  id: string;
  server: string;
  allowPrivate: boolean;
  page: string;
  endpoint: string;
  /** Sealed. */
  token: string;
  expiresAt: string;
  purpose: 'account' | 'rclone' | 'deployments';
  /** The id that a new account shall have, or the one that is linked again. */
  wantedId?: string;
  account?: string;
  /** Sealed: what the server told once, until the account is kept. */
  granted?: string;
}

/** Accounts and logins in the store. */
export class AccountRecords {
  constructor(private readonly _store: Store) {}

  accounts(): IKeptAccount[] {
    return this._all('accounts');
  }

  logins(): IKeptLogin[] {
    return this._all('logins');
  }

  saveAccount(kept: IKeptAccount): void {
    const { id, createdAt } = kept.account;
    this._save('accounts', id, createdAt, kept);
  }

  saveLogin(login: IKeptLogin): void {
    this._save('logins', login.id, login.expiresAt, login);
  }

  removeAccount(id: string): void {
    this._store.write('DELETE FROM accounts WHERE id = ?', id);
  }

  removeLogin(id: string): void {
    this._store.write('DELETE FROM logins WHERE id = ?', id);
  }

  private _all<T>(table: 'accounts' | 'logins'): T[] {
    return this._store
      .read(`SELECT document FROM ${table} ORDER BY createdAt`)
      .map(({ document }) => JSON.parse(document));
  }

  private _save(
    table: 'accounts' | 'logins',
    id: string,
    createdAt: string,
    document: object
  ): void {
    this._store.write(
      `INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`,
      id,
      createdAt,
      JSON.stringify(document)
    );
  }
}
