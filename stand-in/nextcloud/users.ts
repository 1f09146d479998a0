import { randomBytes, randomUUID } from 'node:crypto';
import type { Journal, Table } from './journal.ts';

export interface IUser {
  /** In paths. */
  uid: string;
  /** What the user types; not the id. */
  loginName: string;
  displayName: string;
  /** The account's own password. */
  password: string;
  groups: string[];
  /** Bytes; absent: without limit. */
  quotaBytes?: number;
}

interface IAppPassword {
  uid: string;
  /** The User-Agent that asked for it, as the list of devices shows. */
  device: string;
}

interface ILogin {
  pollToken: string;
  flowToken: string;
  device: string;
  createdMs: number;
  grantedTo?: string;
}

const TOKEN_LIFE_MS = 1_200_000;

const letters = (count: number) =>
  randomBytes(count).toString('hex').slice(0, count);

/** Users, their app passwords and the logins that wait for a grant. */
export class Users {
  constructor(journal: Journal) {
    this._users = journal.table('users');
    this._passwords = journal.table('passwords');
    this._logins = journal.table('logins');
  }

  add(user: Partial<IUser> & { uid: string }): IUser {
    const { uid } = user;
    return this._users.set(uid, {
      loginName: `${uid}@example.org`,
      displayName: uid[0]!.toUpperCase() + uid.slice(1),
      password: letters(20),
      groups: [],
      ...user
    });
  }

  all(): IUser[] {
    return this._users.values();
  }

  get(uid: string): IUser | undefined {
    return this._users.get(uid);
  }

  /** By login name or id, with an app password or the account's own. */
  authenticate(
    name: string,
    password: string
  ): { user: IUser; appPassword?: string } | undefined {
    const user = this.all().find(each =>
      [each.loginName, each.uid].includes(name)
    );
    if (!user || user.password === password) {
      return user && { user };
    }
    return this._passwords.get(password)?.uid === user.uid
      ? { user, appPassword: password }
      : undefined;
  }

  makePassword(uid: string, device = 'stand-in'): string {
    const password = letters(72);
    this._passwords.set(password, { uid, device });
    return password;
  }

  /** Of the first user, the same after a restart. */
  firstPassword(uid: string): string {
    const own = this._passwords
      .entries()
      .find(([, each]) => each.uid === uid && each.device === 'stand-in');
    return own?.[0] ?? this.makePassword(uid);
  }

  /** The devices that hold a password of the user. */
  devices(uid: string): string[] {
    return this._passwords
      .values()
      .filter(each => each.uid === uid)
      .map(each => each.device);
  }

  revoke(password: string): void {
    this._passwords.delete(password);
  }

  /** All app passwords of a user expire. */
  expire(uid: string): void {
    for (const [password, each] of this._passwords.entries()) {
      if (each.uid === uid) {
        this._passwords.delete(password);
      }
    }
  }

  openLogin(device: string): ILogin {
    const login = {
      pollToken: letters(128),
      flowToken: letters(128),
      device,
      createdMs: Date.now()
    };
    return this._logins.set(randomUUID(), login);
  }

  /** The login whose page has this token, while it lives. */
  waiting(flowToken: string): ILogin | undefined {
    return this._find(each => each.flowToken === flowToken)?.[1];
  }

  grant(flowToken: string, uid: string): boolean {
    const found = this._find(each => each.flowToken === flowToken);
    if (found) {
      this._logins.set(found[0], { ...found[1], grantedTo: uid });
    }
    return Boolean(found);
  }

  /** Grant the login that was opened last. */
  grantLast(uid: string): boolean {
    const last = this._logins.values().at(-1);
    return Boolean(last && this.grant(last.flowToken, uid));
  }

  /** Once: the password of a granted login. */
  collect(pollToken: string): { user: IUser; password: string } | undefined {
    const found = this._find(each => each.pollToken === pollToken);
    const user = found?.[1].grantedTo && this.get(found[1].grantedTo);
    if (!found || !user) {
      return undefined;
    }
    this._logins.delete(found[0]);
    return { user, password: this.makePassword(user.uid, found[1].device) };
  }

  /** Let the logins that wait be so much older. */
  age(ms: number): void {
    for (const [id, each] of this._logins.entries()) {
      this._logins.set(id, { ...each, createdMs: each.createdMs - ms });
    }
  }

  private _find(is: (login: ILogin) => boolean) {
    return this._logins
      .entries()
      .find(
        ([, each]) => is(each) && Date.now() - each.createdMs < TOKEN_LIFE_MS
      );
  }

  private readonly _users: Table<IUser>;
  private readonly _passwords: Table<IAppPassword>;
  private readonly _logins: Table<ILogin>;
}
