import type { Logger } from 'pino';
import {
  Account,
  AccountDisconnection,
  AccountProvider,
  DeepError,
  DeviceLogin,
  DeviceLoginRequest,
  HubAccess,
  ImAccountRequest,
  ImEntryRequest
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { EventStream } from '../http/events';
import { SecretBox } from '../store/secretBox';
import { Store } from '../store/store';
import { AccountBook } from './accountBook';
import { DeviceLogins } from './deviceLogins';
import { HUB, HubAccount } from './hubAccount';
import { checkEntries, headerOf, shownEntry } from './imCredentials';
import { checkIssuer } from './issuerAddress';
import { ISignIn, OidcAccounts } from './oidcAccounts';
import { needed } from './oidcWords';
import { Providers } from './providers';
import { LoginRecords } from './records';

export interface IAccountsParts {
  store: Store;
  events: EventStream;
  settings: Pick<ISettings, 'network' | 'providers'>;
  env: Record<string, string | undefined>;
  logger: Pick<Logger, 'warn'>;
}

const IM = 'im';
const IM_TITLE = 'Infrastructure Manager';

/** Who the user is at clouds and platforms. Tokens and passwords are opened for a request and never leave in a reply. */
export class Accounts {
  constructor(private readonly _parts: IAccountsParts) {
    const { env, events, logger, settings, store } = _parts;
    const { network } = settings;
    const box = new SecretBox(store.folder, env, 'account-needed');
    this._providers = new Providers(settings.providers);
    this._book = new AccountBook(store, box, events);
    this._oidc = new OidcAccounts({
      book: this._book,
      providers: this._providers,
      network
    });
    this._hub = new HubAccount(network, account => {
      if (account) {
        events.publish({ event: 'account', data: account });
      }
    });
    this.logins = new DeviceLogins({
      records: new LoginRecords(store),
      box,
      providers: this._providers,
      network,
      logger,
      onGranted: (signIn, tokens) => this._oidc.accept(signIn, tokens)
    });
  }

  readonly logins: DeviceLogins;

  get all(): Account[] {
    const kept = this._book.all.map(({ account }) => account);
    const { account } = this._hub;
    return account ? [account, ...kept] : kept;
  }

  get providers(): AccountProvider[] {
    const { provider } = this._hub;
    return provider ? [provider, ...this._providers.all] : this._providers.all;
  }

  /** @throws DeepError `not-found` */
  get(id: string): Account {
    const { account } = this._hub;
    return id === HUB && account ? account : this._book.get(id).account;
  }

  /** The account by which somebody is known to a provider: one of the user's own first, else that of the hub. */
  of(provider: string): Account | undefined {
    const { issuer } = this._providers.find(provider) ?? {};
    const own = this.all.find(account => account.provider === provider);
    const byIssuer = this.all.find(
      account => issuer !== undefined && account.issuer === issuer
    );
    return own ?? byIssuer;
  }

  /** Until when it can be used without its user; of credentials that carry tokens, until the first of these ends. */
  holdsUntil(id: string): string | undefined {
    const account = this.all.find(each => each.id === id);
    const carried = account?.entries?.flatMap(entry => entry.account ?? []);
    const ends = [
      account?.until,
      ...(carried?.map(each => this.holdsUntil(each)) ?? [])
    ];
    return ends.filter(end => end !== undefined).sort()[0];
  }

  /**
   * An access token that holds for a request from now on; renewed where its end is near.
   *
   * @throws DeepError `account-needed` when somebody has to sign in again; `account-unreachable`; `not-found`; the signal's reason.
   */
  async token(id: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (id === HUB && this._hub.provider) {
      return orAborted(this._hub.token(), signal);
    }
    const { account } = this._book.get(id);
    if (account.kind !== 'oidc') {
      throw new DeepError(
        'account-refused',
        `${account.title} has no token of its own.`
      );
    }
    return orAborted(this._oidc.token(id), signal);
  }

  /**
   * The value of the header `Authorization` for a request with an account: for an Infrastructure Manager all its entries in one line.
   *
   * @throws as `token`
   */
  async authorization(id: string, signal: AbortSignal): Promise<string> {
    const kept = this._book.find(id);
    if (kept?.account.kind !== 'im') {
      return `Bearer ${await this.token(id, signal)}`;
    }
    if (kept.account.state === 'expired') {
      throw needed(kept.account);
    }
    const entries = this._book.secrets<ImEntryRequest[]>(kept);
    const tokens = new Map<string, string>();
    for (const { account } of entries) {
      if (account !== undefined && !tokens.has(account)) {
        tokens.set(account, await this.token(account, signal));
      }
    }
    return headerOf(entries, tokens);
  }

  /**
   * Whoever was asked did not take what an account gave: a token is given no more, credentials are asked for anew.
   *
   * @param said Why, in words.
   */
  refused(id: string, sent: string, said: string): void {
    const kept = this._book.find(id);
    if (kept?.account.kind === 'oidc') {
      this._oidc.refuse(id, sent.replace(/^Bearer /, ''));
    } else if (kept?.account.kind === 'im') {
      this._book.update(id, { state: 'expired', detail: said });
    }
  }

  /**
   * Begin a sign-in; its user enters the code in another tab.
   *
   * @throws DeepError `address-refused`, `address-private`, `account-refused`, `account-unreachable`, `not-found`, `invalid-arguments`
   */
  async begin(request: DeviceLoginRequest): Promise<DeviceLogin> {
    const signIn = this._signIn(request);
    const { network } = this._parts.settings;
    await checkIssuer(signIn.issuer, network, signIn.allowPrivate);
    return this.logins.begin(signIn);
  }

  /** Keep credentials for an Infrastructure Manager. @throws DeepError `invalid-arguments`, `not-found` */
  keepIm({ account: former, entries, title }: ImAccountRequest): Account {
    checkEntries(entries);
    for (const { account } of entries) {
      if (account !== undefined && this.get(account).kind === 'im') {
        throw new DeepError(
          'invalid-arguments',
          `“${account}” has no token of its own: an entry can carry that of a sign-in.`
        );
      }
    }
    const known = former === undefined ? undefined : this._imOf(former);
    const now = new Date().toISOString();
    const shown = entries.map(shownEntry);
    const name = shown.find(({ username }) => username)?.username;
    const account: Account = {
      id: known?.id ?? this._book.freeId(IM),
      kind: 'im',
      title: title || known?.title || IM_TITLE,
      state: 'connected',
      ...(name && { name }),
      memberships: [],
      isRenewed: false,
      entries: shown,
      createdAt: known?.createdAt ?? now,
      checkedAt: now
    };
    return this._book.save({ account }, entries);
  }

  /** Ask an account anew. */
  async check(id: string): Promise<Account> {
    if (id === HUB && this._hub.provider) {
      await this._hub.check();
    } else if (this._book.get(id).account.kind === 'oidc') {
      await this._oidc.check(id);
    }
    return this.get(id);
  }

  /** Forget an account, and have its tokens revoked where they can be. @throws DeepError `not-found`; `conflict` for the hub's */
  async disconnect(id: string): Promise<AccountDisconnection> {
    if (id === HUB && this._hub.account) {
      throw new DeepError(
        'conflict',
        'This account belongs to the hub and cannot be disconnected here.',
        { hint: 'Log out of the hub instead.' }
      );
    }
    const { account } = this._book.get(id);
    if (account.kind === 'oidc') {
      return this._oidc.disconnect(id);
    }
    this._book.remove(id);
    return {
      isRevoked: false,
      detail: `The credentials were forgotten here. They still hold where they are from: they were not made for this.`
    };
  }

  /** Jupyter, which runs in a hub, says how the hub is asked. */
  useHub(access: HubAccess): void {
    this._hub.use(access);
  }

  close(): void {
    this.logins.close();
    this._oidc.close();
  }

  private _signIn(request: DeviceLoginRequest): ISignIn {
    const { account, allowPrivate, clientId, issuer, provider } = request;
    if (account !== undefined) {
      return this._again(account, allowPrivate);
    }
    if (provider !== undefined) {
      const { clientId: client, issuer: at } = this._providers.client(provider);
      const purpose = this._providers.find(provider)?.purpose;
      return {
        provider,
        title: this._providers.title(provider),
        ...(purpose && { purpose }),
        issuer: at,
        clientId: client,
        // The administrator named it.
        allowPrivate: true
      };
    }
    if (issuer === undefined || clientId === undefined) {
      throw new DeepError(
        'invalid-arguments',
        'Say with whom to sign in: a provider, or an issuer and a client id.'
      );
    }
    return {
      title: URL.parse(issuer)?.host ?? issuer,
      issuer,
      clientId,
      allowPrivate: allowPrivate ?? false
    };
  }

  private _again(id: string, allowPrivate?: boolean): ISignIn {
    const { account, client, ...kept } = this._book.get(id);
    if (!client) {
      throw new DeepError(
        'invalid-arguments',
        `${account.title} is not an account to sign in with.`
      );
    }
    const { provider, purpose, title } = account;
    const isListed = provider !== undefined && this._providers.find(provider);
    // The administrator may have given it another client id since.
    const now = isListed ? this._signIn({ provider }) : undefined;
    return {
      ...(provider && { provider }),
      title,
      ...(purpose && { purpose }),
      ...client,
      allowPrivate: allowPrivate ?? kept.allowPrivate ?? false,
      ...now,
      account: id
    };
  }

  private _imOf(id: string): Account {
    const { account } = this._book.get(id);
    if (account.kind !== 'im') {
      throw new DeepError(
        'invalid-arguments',
        `${account.title} has no credentials that could be replaced.`
      );
    }
    return account;
  }

  private readonly _providers: Providers;
  private readonly _book: AccountBook;
  private readonly _oidc: OidcAccounts;
  private readonly _hub: HubAccount;
}

/** Whoever asked may leave; what is shared with others goes on. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
