import type { Logger } from 'pino';
import {
  DeepError,
  StorageAccount,
  StorageDisconnection,
  StorageLogin,
  StorageLoginRequest,
  WebdavAccountRequest
} from '@jupyterlab-deep/protocol';
import { checkTyped } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { EventStream } from '../../http/events';
import { asDeepError } from '../../http/problems';
import { Store } from '../../store/store';
import type { DavFiles } from '../dav/davFiles';
import type { Exchange } from '../dav/exchange';
import { PLAIN_CAPABILITIES, readStatus, readUser } from '../nextcloud/probe';
import type { IRcloneAccess, IRemotes } from '../remoteFiles';
import { askAccount, revoke } from './askAccount';
import { IGrantedLogin, openExchange } from './loginFlow';
import { Logins } from './logins';
import { connect, filesUrlOf, IConnectedAccount } from './makeFiles';
import { IPlatformAccount, platformAccount } from './platformAccount';
import { rcloneSettings } from './rcloneSettings';
import { AccountRecords, IKeptAccount, IKeptLogin } from './records';
import { SecretBox } from '../../store/secretBox';
import { davAddresses } from './serverAddress';

export interface IStorageAccountsParts {
  store: Store;
  events: EventStream;
  settings: Pick<ISettings, 'network'>;
  env: Record<string, string | undefined>;
  logger: Pick<Logger, 'warn'>;
}

/** How old a quota may be that a person sees. */
const STALE_MS = 60_000;

/** The cloud storages that are linked. Passwords are opened for a request and never leave. */
export class StorageAccounts implements IRemotes {
  constructor(private readonly _parts: IStorageAccountsParts) {
    const { env, settings, store } = _parts;
    this._records = new AccountRecords(store);
    this._box = new SecretBox(store.folder, env);
    for (const kept of this._records.accounts()) {
      this._kept.set(kept.account.id, kept);
    }
    this._takePlatform(platformAccount(env));
    this.logins = new Logins({
      records: this._records,
      box: this._box,
      network: settings.network,
      logger: _parts.logger,
      onGranted: (login, granted) => this._granted(login, granted)
    });
  }

  readonly logins: Logins;

  get all(): StorageAccount[] {
    return [...this._kept.values()].map(({ account }) => account);
  }

  /** @throws DeepError `not-found` */
  get(id: string): StorageAccount {
    return this._find(id).account;
  }

  files(id: string): DavFiles {
    return this._connected(id).files;
  }

  /** Requests to an account's server beside those of files. @throws DeepError `not-found` */
  exchange(id: string): Exchange {
    return this._connected(id).exchange;
  }

  /** Name of the machine, for people. */
  hostOf(id: string): string {
    const kept = this._kept.get(id);
    return kept ? new URL(kept.account.server).host : id;
  }

  async rcloneAccess(id: string): Promise<IRcloneAccess> {
    const kept = this._find(id);
    const { kind, state } = kept.account;
    if (state === 'needs-login') {
      throw new DeepError(
        'storage-login',
        `${this.hostOf(id)} refused the password of this account.`,
        { hint: 'Link the account again.' }
      );
    }
    return {
      url: filesUrlOf(kept),
      vendor: kind === 'nextcloud' ? 'nextcloud' : 'other',
      user: kept.loginName,
      password: this._password(kept)
    };
  }

  /**
   * What deployments elsewhere are given: a password of their own, which its user allowed.
   *
   * @throws DeepError `account-needed`
   */
  deploymentAccess(id: string): IRcloneAccess {
    const kept = this._kept.get(id);
    if (!kept?.handedOver) {
      throw new DeepError(
        'account-needed',
        `Deployments may not use the cloud storage “${id}”.`,
        {
          hint: 'Choose “Let deployments use it…” in the storage panel first.'
        }
      );
    }
    const { appPassword, loginName } = this._handedOver(kept.handedOver);
    return {
      url: filesUrlOf(kept),
      vendor: 'nextcloud',
      user: loginName,
      password: appPassword
    };
  }

  /** Have the password revoked that deployments were given. @throws DeepError `not-found` */
  async takeBack(id: string): Promise<StorageDisconnection> {
    const kept = this._find(id);
    if (!kept.handedOver) {
      throw new DeepError('not-found', 'Deployments were given nothing of it.');
    }
    const outcome = await this._revokeHandedOver(kept, kept.handedOver);
    this._kept.set(id, { ...kept, handedOver: undefined });
    this._update(id, { isForDeployments: undefined });
    return outcome;
  }

  onChange(listener: (account: string) => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /**
   * Begin a login; its user grants it in another tab.
   *
   * @throws DeepError `conflict` when the wanted id is taken; see `openLogin`.
   */
  async begin(request: StorageLoginRequest): Promise<StorageLogin> {
    this._checkId(request);
    const known = request.account ? this._find(request.account) : undefined;
    const allowPrivate = request.allowPrivate ?? known?.allowPrivate ?? false;
    return this.logins.begin(request, allowPrivate);
  }

  /**
   * Link by a name and a password: a plain WebDAV server, or a Nextcloud with an app password made by hand.
   *
   * @throws DeepError `address-refused`, `address-private`, `storage-login`, `storage-refused`, `storage-unreachable`, `conflict`
   */
  async link(request: WebdavAccountRequest): Promise<StorageAccount> {
    this._checkId(request);
    const { allowPrivate = false, user, password } = request;
    const { network } = this._parts.settings;
    const [server] = davAddresses(request.address);
    const { privateHosts } = network;
    await checkTyped(new URL(server), { allowPrivate, privateHosts });
    const place = /^(.*)\/remote\.php\/(?:dav\/files\/[^/]+|webdav)$/.exec(
      server
    );
    const kept = this._new({
      id: this._idFor(request),
      server: place?.[1] ?? server,
      user,
      allowPrivate,
      loginName: user,
      password
    });
    const isNextcloud = await this._isNextcloud(kept);
    kept.account.kind = isNextcloud ? 'nextcloud' : 'webdav';
    return this._accept(kept, request.account);
  }

  /** Have those asked anew whose quota a person may look at and that were not asked for a while. */
  refresh(): void {
    this._kept.forEach((_kept, id) => this.askSoon(id));
  }

  /** Have an account asked anew behind what goes on, unless that was done just now. */
  askSoon(id: string, afterMs = STALE_MS): void {
    const isFresh = Date.now() - (this._askedAt.get(id) ?? 0) < afterMs;
    if (!isFresh && this._kept.has(id)) {
      void this.check(id);
    }
  }

  /** Ask an account anew: who it is, what it can, how much is used. */
  async check(id: string): Promise<StorageAccount> {
    const kept = this._find(id);
    this._askedAt.set(id, Date.now());
    if (kept.account.state === 'needs-login') {
      return kept.account;
    }
    try {
      const news = await askAccount(kept.account, this._connected(id));
      this._update(id, { ...news, state: 'connected', detail: undefined });
      if (JSON.stringify(news.can) !== JSON.stringify(kept.account.can)) {
        this._connections.delete(id);
      }
    } catch (error) {
      const { key, detail } = asDeepError(error);
      if (key !== 'storage-login') {
        this._update(id, { state: 'unreachable', detail });
      }
    }
    return this.get(id);
  }

  /**
   * Forget an account, and have its password revoked where it can be.
   *
   * @throws DeepError `not-found`; `conflict` for the platform's own.
   */
  async disconnect(id: string): Promise<StorageDisconnection> {
    const kept = this._find(id);
    if (kept.account.origin === 'platform') {
      throw new DeepError(
        'conflict',
        'This account belongs to the platform and cannot be disconnected here.'
      );
    }
    await (kept.handedOver && this._revokeHandedOver(kept, kept.handedOver));
    const outcome = await revoke(kept.account, this._open(kept));
    this._kept.delete(id);
    this._connections.delete(id);
    this._records.removeAccount(id);
    this._tell(id);
    return outcome;
  }

  close(): void {
    this._isClosed = true;
    this.logins.close();
  }

  private _takePlatform(found: IPlatformAccount | undefined): void {
    if (!found) {
      return;
    }
    const { account, loginName, password } = found;
    const id = this._kept.has(account.id) ? 'platform-2' : account.id;
    const secret = this._box.seal(password);
    // The platform named it, as the administrator does.
    const kept = { account: { ...account, id }, allowPrivate: true, loginName };
    this._kept.set(id, { ...kept, secret });
    void this.check(id);
  }

  private async _granted(
    login: IKeptLogin,
    { loginName, appPassword }: IGrantedLogin
  ): Promise<Partial<StorageLogin>> {
    const { allowPrivate, purpose, server } = login;
    const kept = this._new({
      id: this._idFor({ id: login.wantedId, account: login.account }),
      server,
      user: loginName,
      allowPrivate,
      loginName,
      password: appPassword
    });
    kept.account.kind = 'nextcloud';
    if (purpose === 'rclone') {
      const { exchange } = this._open(kept);
      kept.account.user = (await readUser(exchange, server)).id;
      return { rclone: this._settingsFor(kept, appPassword) };
    }
    try {
      const account =
        purpose === 'deployments'
          ? await this._handOver(kept, login.account ?? '', appPassword)
          : await this._accept(kept, login.account);
      return { account };
    } catch (error) {
      // Nobody would know of this password: it is taken back.
      await revoke(kept.account, this._open(kept));
      throw error;
    }
  }

  /** Keep a password beside the account's own, once it is sure that it is the same person's. */
  private async _handOver(
    granted: IKeptAccount,
    id: string,
    appPassword: string
  ): Promise<StorageAccount> {
    const { account, loginName } = granted;
    const user = await readUser(this._open(granted).exchange, account.server);
    const { account: known, handedOver: former } = this._find(id);
    refuseOther(known, { ...account, ...user, user: user.id });
    const login: IGrantedLogin = { loginName, appPassword };
    const handedOver = this._box.seal(JSON.stringify(login));
    this._kept.set(id, { ...this._find(id), handedOver });
    this._update(id, { isForDeployments: true });
    await (former && this._revokeHandedOver(this._find(id), former));
    return this.get(id);
  }

  private _revokeHandedOver(
    kept: IKeptAccount,
    sealed: string
  ): Promise<StorageDisconnection> {
    const { appPassword, loginName } = this._handedOver(sealed);
    const secret = this._box.seal(appPassword);
    return revoke(kept.account, this._open({ ...kept, loginName, secret }));
  }

  private _handedOver(sealed: string): IGrantedLogin {
    return JSON.parse(this._box.open(sealed));
  }

  private _settingsFor(kept: IKeptAccount, password: string): string {
    return rcloneSettings({
      name: kept.account.id,
      url: filesUrlOf(kept),
      vendor: 'nextcloud',
      user: kept.loginName,
      password
    });
  }

  /** Ask with the new password, and keep the account once it has answered. */
  private async _accept(
    kept: IKeptAccount,
    former: string | undefined
  ): Promise<StorageAccount> {
    const news = await askAccount(kept.account, this._open(kept));
    this._askedAt.set(kept.account.id, Date.now());
    const account = { ...kept.account, ...news };
    const known = former === undefined ? undefined : this._kept.get(former);
    if (known) {
      refuseOther(known.account, account);
      account.createdAt = known.account.createdAt;
      account.isForDeployments = known.account.isForDeployments;
    }
    account.title = `${new URL(account.server).host} · ${account.displayName}`;
    const accepted = { ...kept, account, handedOver: known?.handedOver };
    this._records.saveAccount(accepted);
    this._kept.set(account.id, accepted);
    this._connections.delete(account.id);
    this._tell(account.id);
    return account;
  }

  private async _isNextcloud({
    account: { server },
    allowPrivate
  }: IKeptAccount): Promise<boolean> {
    const { network } = this._parts.settings;
    const exchange = openExchange(server, network, allowPrivate);
    try {
      return (await readStatus(exchange, server)) !== undefined;
    } catch (error) {
      // A server that wants a password for everything is no Nextcloud.
      if (asDeepError(error).key === 'storage-login') {
        return false;
      }
      throw error;
    }
  }

  private _connected(id: string): IConnectedAccount {
    const known = this._connections.get(id) ?? this._open(this._find(id));
    this._connections.set(id, known);
    return known;
  }

  private _open(kept: IKeptAccount): IConnectedAccount {
    return connect(
      kept,
      this._parts.settings.network,
      () => this._password(kept),
      () => this._refused(kept)
    );
  }

  /** The server takes the password no more: everything stops, and whoever uses the account is told. */
  private _refused({ account: { id, server }, secret }: IKeptAccount): void {
    if (this._kept.get(id)?.secret === secret) {
      this._update(id, {
        state: 'needs-login',
        detail: `${new URL(server).host} refused the password: it may have been revoked, or has expired.`
      });
    }
  }

  private _update(id: string, change: Partial<StorageAccount>): void {
    const kept = this._kept.get(id);
    if (!kept) {
      return;
    }
    const changed = { ...kept, account: { ...kept.account, ...change } };
    this._kept.set(id, changed);
    // A question that was on its way when the service ended finds no store any more.
    if (changed.account.origin === 'linked' && !this._isClosed) {
      this._records.saveAccount(changed);
    }
    this._tell(id);
  }

  private _tell(id: string): void {
    const kept = this._kept.get(id);
    if (kept) {
      this._parts.events.publish({
        event: 'storage-account',
        data: kept.account
      });
    } else {
      this._parts.events.publish({
        event: 'reset',
        data: { reason: 'An account was disconnected.' }
      });
    }
    this._listeners.forEach(listener => listener(id));
  }

  private _password({ secret }: IKeptAccount): string {
    return this._box.open(secret);
  }

  private _find(id: string): IKeptAccount {
    const kept = this._kept.get(id);
    if (!kept) {
      throw new DeepError('not-found', `There is no account “${id}”.`, {
        hint: 'Link it in the storage panel; it lists those that there are.'
      });
    }
    return kept;
  }

  private _new(about: INewAccount): IKeptAccount {
    const { allowPrivate, id, loginName, password, server, user } = about;
    const account: StorageAccount = {
      id,
      title: `${new URL(server).host} · ${user}`,
      kind: 'webdav',
      origin: 'linked',
      server,
      user,
      displayName: user,
      state: 'connected',
      can: PLAIN_CAPABILITIES,
      lacks: [],
      createdAt: new Date().toISOString()
    };
    const secret = this._box.seal(password);
    return { account, allowPrivate, loginName, secret };
  }

  private _checkId({ id, account, purpose }: IWanted): void {
    if (purpose === 'deployments' && account === undefined) {
      throw new DeepError(
        'invalid-request',
        'Deployments are given an account that is linked: name it.'
      );
    }
    if (account !== undefined) {
      this._find(account);
    } else if (id !== undefined && this._kept.has(id)) {
      throw new DeepError('conflict', `There is an account “${id}” already.`, {
        hint: 'Choose another name, or link that one again.'
      });
    }
  }

  /** `cloud`, `cloud-2`, … */
  private _idFor({ id, account }: { id?: string; account?: string }): string {
    const wanted = account ?? id ?? 'cloud';
    let free = wanted;
    for (let number = 2; this._kept.has(free) && free !== account; number++) {
      free = `${wanted}-${number}`;
    }
    return free;
  }

  private _isClosed = false;
  private readonly _records: AccountRecords;
  private readonly _box: SecretBox;
  private readonly _kept = new Map<string, IKeptAccount>();
  private readonly _connections = new Map<string, IConnectedAccount>();
  private readonly _listeners = new Set<(account: string) => void>();
  /** Milliseconds since 1970. */
  private readonly _askedAt = new Map<string, number>();
}

type IWanted = Pick<StorageLoginRequest, 'id' | 'account' | 'purpose'>;

interface INewAccount {
  id: string;
  server: string;
  user: string;
  allowPrivate: boolean;
  loginName: string;
  password: string;
}

/** Datasets and transfers go on with the account: it must be the same person's. */
function refuseOther(known: StorageAccount, now: StorageAccount): void {
  if (known.user !== now.user || known.server !== now.server) {
    throw new DeepError(
      'conflict',
      `This login is of ${now.displayName} at ${new URL(now.server).host}, the account of ${known.displayName} at ${new URL(known.server).host}.`,
      {
        hint: 'Log in there as the same person, or link it as another account.'
      }
    );
  }
}
