import { Account, DeepError } from '@jupyterlab-deep/protocol';
import { EventStream } from '../http/events';
import { SecretBox } from '../store/secretBox';
import { Store } from '../store/store';

/** What is kept of an account beside what everybody sees. */
export interface IKeptAccount {
  account: Account;
  /** Sealed JSON. */
  secret: string;
  /** Of a sign-in by OpenID Connect. */
  client?: { issuer: string; clientId: string };
  /** The issuer need not be public: its user confirmed it, or the administrator named it. */
  allowPrivate?: boolean;
}

/** The accounts in the store. Secrets are opened for a use of them and never leave in an event. */
export class AccountBook {
  constructor(
    private readonly _store: Store,
    private readonly _box: SecretBox,
    private readonly _events: EventStream
  ) {
    for (const { document } of _store.read(
      'SELECT document FROM identities ORDER BY createdAt'
    )) {
      const kept: IKeptAccount = JSON.parse(document);
      this._kept.set(kept.account.id, kept);
    }
  }

  get all(): IKeptAccount[] {
    return [...this._kept.values()];
  }

  /** @throws DeepError `not-found` */
  get(id: string): IKeptAccount {
    const kept = this._kept.get(id);
    if (!kept) {
      throw new DeepError('not-found', `There is no account “${id}”.`, {
        hint: '*Accounts* lists those that there are.'
      });
    }
    return kept;
  }

  find(id: string): IKeptAccount | undefined {
    return this._kept.get(id);
  }

  /** @throws DeepError `account-needed` when they were sealed with another key. */
  secrets<T>({ secret }: IKeptAccount): T {
    return JSON.parse(this._box.open(secret));
  }

  save(kept: Omit<IKeptAccount, 'secret'>, secrets: object): Account {
    const secret = this._box.seal(JSON.stringify(secrets));
    this._write({ ...kept, secret });
    return kept.account;
  }

  /** Change what is seen of an account; nothing happens where it has gone meanwhile. */
  update(id: string, change: Partial<Account>): void {
    const kept = this._kept.get(id);
    if (!kept) {
      return;
    }
    const account = withoutGaps({ ...kept.account, ...change });
    if (JSON.stringify(account) !== JSON.stringify(kept.account)) {
      this._write({ ...kept, account });
    }
  }

  remove(id: string): void {
    this._kept.delete(id);
    this._store.write('DELETE FROM identities WHERE id = ?', id);
    this._events.publish({
      event: 'reset',
      data: { reason: 'An account was disconnected.' }
    });
  }

  /** `egi`, `egi-2`, … */
  freeId(wanted: string): string {
    let free = wanted;
    for (let number = 2; this._kept.has(free); number++) {
      free = `${wanted}-${number}`;
    }
    return free;
  }

  private _write(kept: IKeptAccount): void {
    const { id, createdAt } = kept.account;
    // First: on a full disk a token that was given once is at least not lost at once.
    this._kept.set(id, kept);
    this._store.write(
      'INSERT OR REPLACE INTO identities VALUES (?, ?, ?)',
      id,
      createdAt,
      JSON.stringify(kept)
    );
    this._events.publish({ event: 'account', data: kept.account });
  }

  private readonly _kept = new Map<string, IKeptAccount>();
}

/** An account without the keys that were set to undefined. */
const withoutGaps = (account: Account): Account =>
  JSON.parse(JSON.stringify(account));
