import type { Store } from '../store/store';
import type { ISignIn } from './oidcAccounts';

/** A sign-in that waits for its user; kept so that it outlives the service. */
export interface IKeptLogin {
  id: string;
  signIn: ISignIn;
  /** Sealed JSON of the code (`IDeviceCode`). */
  code: string;
  expiresAt: string;
  /** Sealed JSON of what the provider told once (`ITokens`), until the account is kept. */
  granted?: string;
}

/** Sign-ins in the store. */
export class LoginRecords {
  constructor(private readonly _store: Store) {}

  get all(): IKeptLogin[] {
    return this._store
      .read('SELECT document FROM deviceLogins ORDER BY createdAt')
      .map(({ document }) => JSON.parse(document));
  }

  save(login: IKeptLogin): void {
    this._store.write(
      'INSERT OR REPLACE INTO deviceLogins VALUES (?, ?, ?)',
      login.id,
      login.expiresAt,
      JSON.stringify(login)
    );
  }

  remove(id: string): void {
    this._store.write('DELETE FROM deviceLogins WHERE id = ?', id);
  }
}
