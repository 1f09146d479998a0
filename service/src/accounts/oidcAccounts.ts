import {
  Account,
  AccountDisconnection,
  DeepError
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { asDeepError } from '../http/problems';
import { AccountBook, IKeptAccount } from './accountBook';
import { IPerson, personOf, readJwt } from './claims';
import { isEnded, oidcFailure, saidBy } from './failures';
import { ITokens, OidcClient } from './oidcClient';
import type { Providers } from './providers';

export interface IOidcAccountsParts {
  book: AccountBook;
  providers: Providers;
  network: ISettings['network'];
}

/** Who has signed in where, before it is an account. */
export interface ISignIn {
  provider?: string;
  title: string;
  purpose?: string;
  issuer: string;
  clientId: string;
  allowPrivate: boolean;
  /** The account that is linked again. */
  account?: string;
}

/** A token is renewed so long before its end: a request with it has to arrive, too. */
const MARGIN_MS = 60_000;
/** Of shorter lives, this part. */
const MARGIN_PART = 1 / 3;
/** A session that would run out is renewed when this part of its life is over. */
const RENEW_AT_PART = 0.75;
const SOONEST_MS = 1000;
/** Timers hold 2^31 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** What a provider says of itself changes with its updates. */
const CLIENT_LIFE_MS = 3_600_000;

/** Accounts of OpenID Connect: their tokens are renewed ahead of their end, once at a time. */
export class OidcAccounts {
  constructor(private readonly _parts: IOidcAccountsParts) {
    for (const { account } of _parts.book.all) {
      if (account.kind === 'oidc') {
        this._watch(account.id);
      }
    }
  }

  /** See `Accounts.token`. */
  async token(id: string): Promise<string> {
    const kept = this._parts.book.get(id);
    if (kept.account.state === 'expired') {
      throw needed(kept.account);
    }
    const tokens = this._parts.book.secrets<ITokens>(kept);
    return this._isFresh(id, tokens) ? tokens.accessToken : this._renewed(id);
  }

  /** Somebody refused the token: the next one is a new one. */
  refuse(id: string, token: string): void {
    const { book } = this._parts;
    const kept = book.get(id);
    const tokens = book.secrets<ITokens>(kept);
    if (tokens.accessToken === token) {
      book.save(kept, { ...tokens, accessUntil: 0 });
    }
  }

  /**
   * Keep what was granted, and say who it is.
   *
   * @throws DeepError `conflict` when it is linked again by another person.
   */
  async accept(signIn: ISignIn, tokens: ITokens): Promise<Account> {
    const client = await this._open(signIn);
    const person = await this._whoIs(client, tokens);
    const former = this._formerOf(signIn, person);
    if (former && former.account.subject !== person.subject) {
      await this._revokeBy(client, tokens, signIn.title);
      throw otherPerson(former.account, person);
    }
    const { book } = this._parts;
    const now = new Date().toISOString();
    const account: Account = {
      id: former?.account.id ?? book.freeId(signIn.provider ?? 'oidc'),
      kind: 'oidc',
      title: signIn.title,
      ...(signIn.purpose && { purpose: signIn.purpose }),
      ...(signIn.provider && { provider: signIn.provider }),
      issuer: signIn.issuer,
      state: 'connected',
      ...person,
      ...endOf(tokens, client.aheadMs),
      createdAt: former?.account.createdAt ?? now,
      checkedAt: now
    };
    const { allowPrivate, clientId, issuer } = signIn;
    book.save({ account, client: { issuer, clientId }, allowPrivate }, tokens);
    this._clients.set(account.id, { client, openedAt: Date.now() });
    this._remember(account.id, tokens);
    return account;
  }

  /** Renew it now, and ask who it is; how that went is told by the account's state. */
  async check(id: string): Promise<void> {
    const { book } = this._parts;
    try {
      await this._renewed(id);
      const kept = book.get(id);
      const client = await this._clientOf(kept);
      const person = await orNothing(
        client.person(book.secrets<ITokens>(kept))
      );
      book.update(id, {
        ...person,
        state: 'connected',
        detail: undefined,
        checkedAt: new Date().toISOString()
      });
    } catch (error) {
      const { key, detail } = asDeepError(error);
      if (key === 'account-unreachable') {
        book.update(id, { state: 'unreachable', detail });
      } else if (key !== 'account-needed') {
        throw error;
      }
    }
  }

  async disconnect(id: string): Promise<AccountDisconnection> {
    const { book } = this._parts;
    // Else a renewal under way would leave a token that nobody knows of.
    await this._renewing.get(id)?.catch(() => undefined);
    const kept = book.get(id);
    const outcome = await this._revoke(kept);
    clearTimeout(this._timers.get(id));
    this._timers.delete(id);
    this._clients.delete(id);
    this._endsAt.delete(id);
    book.remove(id);
    return outcome;
  }

  close(): void {
    this._timers.forEach(timer => clearTimeout(timer));
    this._timers.clear();
  }

  /** Where accounts of before are opened with another key, nobody knows whether it is fresh. */
  private _isFresh(id: string, { accessUntil, lifeMs = 0 }: ITokens): boolean {
    if (accessUntil === undefined) {
      return true;
    }
    const margin = Math.min(MARGIN_MS, lifeMs * MARGIN_PART);
    // The clock may have been set since: what has run since then counts as well.
    const endsAt = this._endsAt.get(id) ?? Infinity;
    return (
      Date.now() < accessUntil - margin && performance.now() < endsAt - margin
    );
  }

  private _renewed(id: string): Promise<string> {
    const known = this._renewing.get(id);
    if (known) {
      return known;
    }
    const renewing = this._renew(id).finally(() => this._renewing.delete(id));
    this._renewing.set(id, renewing);
    return renewing;
  }

  private async _renew(id: string): Promise<string> {
    const { book } = this._parts;
    const kept = book.get(id);
    const former = book.secrets<ITokens>(kept);
    if (!former.refreshToken) {
      return this._keepOrEnd(kept, former);
    }
    let given: ITokens;
    let client: OidcClient;
    try {
      client = await this._clientOf(kept);
      given = await client.refresh(former.refreshToken);
    } catch (error) {
      return this._notRenewed(kept, former, error);
    }
    // Some providers take a refresh token once: the next is written down before anything else.
    const { refreshUntil: _, ...rest } = former;
    return this._take(id, former, { ...rest, ...given }, client.aheadMs);
  }

  private _take(
    id: string,
    former: ITokens,
    tokens: ITokens,
    aheadMs: number
  ): string {
    const { book } = this._parts;
    const current = book.get(id);
    const now = book.secrets<ITokens>(current);
    if (now.refreshToken !== former.refreshToken) {
      // It was linked again meanwhile: what was just given belongs to the former sign-in.
      return now.accessToken;
    }
    const { detail: _, until: __, ...account } = current.account;
    book.save(
      {
        ...current,
        account: { ...account, state: 'connected', ...endOf(tokens, aheadMs) }
      },
      tokens
    );
    this._remember(id, tokens);
    return tokens.accessToken;
  }

  private _notRenewed(
    kept: IKeptAccount,
    tokens: ITokens,
    error: unknown
  ): string {
    const { account, client } = kept;
    const now = this._parts.book.secrets<ITokens>(
      this._parts.book.get(account.id)
    );
    if (now.refreshToken !== tokens.refreshToken) {
      return now.accessToken;
    }
    const issuer = client?.issuer ?? '';
    const failure = oidcFailure(error, issuer, 'renew the sign-in');
    if (failure.key === 'account-unreachable') {
      const { detail } = failure;
      this._parts.book.update(account.id, { state: 'unreachable', detail });
      if (Date.now() < (tokens.accessUntil ?? 0)) {
        return tokens.accessToken;
      }
      throw failure;
    }
    const says = isEnded(error)
      ? `The sign-in at ${new URL(issuer).host} has ended. It says: “${saidBy(error)}”.`
      : failure.detail;
    throw this._end(account, says);
  }

  /** Without a refresh token it holds to its end, and no longer. */
  private _keepOrEnd({ account }: IKeptAccount, tokens: ITokens): string {
    if (Date.now() < (tokens.accessUntil ?? Infinity)) {
      return tokens.accessToken;
    }
    throw this._end(
      account,
      `The sign-in at ${account.title} has ended: it held for a limited time, and ${account.title} gave nothing to renew it by.`
    );
  }

  private _end(account: Account, detail: string): DeepError {
    this._parts.book.update(account.id, { state: 'expired', detail });
    return needed({ ...account, detail });
  }

  private async _whoIs(client: OidcClient, tokens: ITokens): Promise<IPerson> {
    try {
      return await client.person(tokens);
    } catch {
      // The tokens are good; they say less, and the next check asks again.
      return personOf(readJwt(tokens.accessToken), readJwt(tokens.idToken));
    }
  }

  /** The account that is linked again, or one of the same person at the same place. */
  private _formerOf(
    { account, issuer }: ISignIn,
    { subject }: IPerson
  ): IKeptAccount | undefined {
    const { book } = this._parts;
    return account !== undefined
      ? book.find(account)
      : book.all.find(
          ({ account: each }) =>
            each.kind === 'oidc' &&
            each.issuer === issuer &&
            subject !== undefined &&
            each.subject === subject
        );
  }

  private async _revoke(kept: IKeptAccount): Promise<AccountDisconnection> {
    const { account } = kept;
    try {
      const tokens = this._parts.book.secrets<ITokens>(kept);
      const client = await this._clientOf(kept);
      return await this._revokeBy(client, tokens, account.title);
    } catch (error) {
      return notRevoked(account.title, asDeepError(error));
    }
  }

  private async _revokeBy(
    client: OidcClient,
    tokens: ITokens,
    title: string
  ): Promise<AccountDisconnection> {
    try {
      return (await client.revoke(tokens))
        ? { isRevoked: true, detail: `${title} has revoked the sign-in.` }
        : {
            isRevoked: false,
            detail: `The sign-in was forgotten here. ${title} has no way to revoke it from here: it holds there until it runs out, or until you end it on its page.`
          };
    } catch (error) {
      return notRevoked(title, asDeepError(error));
    }
  }

  private async _clientOf({
    account: { id },
    allowPrivate = false,
    client
  }: IKeptAccount): Promise<OidcClient> {
    const known = this._clients.get(id);
    if (known && Date.now() - known.openedAt < CLIENT_LIFE_MS) {
      return known.client;
    }
    const { issuer, clientId } = client as { issuer: string; clientId: string };
    const opened = await this._open({ issuer, clientId, allowPrivate });
    this._clients.set(id, { client: opened, openedAt: Date.now() });
    return opened;
  }

  private _open({
    allowPrivate,
    clientId,
    issuer
  }: Pick<ISignIn, 'issuer' | 'clientId' | 'allowPrivate'>) {
    const { network, providers } = this._parts;
    const client = providers.clientAt(issuer, clientId);
    return OidcClient.open(client, { network, allowPrivate });
  }

  private _remember(id: string, { lifeMs }: ITokens): void {
    this._endsAt.delete(id);
    if (lifeMs !== undefined) {
      this._endsAt.set(id, performance.now() + lifeMs);
    }
    this._watch(id);
  }

  /** A session that runs out is renewed in time; what cannot be renewed is marked at its end. */
  private _watch(id: string, isAfterEnd = true): void {
    clearTimeout(this._timers.get(id));
    const kept = this._parts.book.find(id);
    const tokens = kept && this._readable(kept);
    if (!tokens || kept.account.state === 'expired') {
      return;
    }
    const now = Date.now();
    const { accessUntil, refreshToken, refreshUntil } = tokens;
    const at = refreshToken
      ? refreshUntil && now + (refreshUntil - now) * RENEW_AT_PART
      : accessUntil;
    if (at !== undefined && (isAfterEnd || at > now)) {
      const delay = Math.min(LONGEST_TIMER_MS, Math.max(SOONEST_MS, at - now));
      const timer = setTimeout(() => void this._onTime(id), delay);
      this._timers.set(id, timer.unref());
    }
  }

  private async _onTime(id: string): Promise<void> {
    try {
      await this._renewed(id);
    } catch (error) {
      // How it went is told by the account's state; one that nobody could ask is asked again before its end.
      if (asDeepError(error).key === 'account-unreachable') {
        this._watch(id, false);
      }
    }
  }

  private _readable(kept: IKeptAccount): ITokens | undefined {
    try {
      return this._parts.book.secrets<ITokens>(kept);
    } catch (error) {
      const { detail } = asDeepError(error);
      this._parts.book.update(kept.account.id, { state: 'expired', detail });
      return undefined;
    }
  }

  private readonly _renewing = new Map<string, Promise<string>>();
  private readonly _clients = new Map<
    string,
    { client: OidcClient; openedAt: number }
  >();
  private readonly _timers = new Map<string, NodeJS.Timeout>();
  /** By the clock that nobody sets. */
  private readonly _endsAt = new Map<string, number>();
}

/** Until when it holds, as a right clock shows it. */
function endOf(
  { accessUntil, refreshToken, refreshUntil }: ITokens,
  aheadMs: number
): Pick<Account, 'until' | 'isRenewed'> {
  const isRenewed = refreshToken !== undefined;
  const ends = isRenewed ? refreshUntil : accessUntil;
  return {
    isRenewed,
    ...(ends !== undefined && { until: new Date(ends + aheadMs).toISOString() })
  };
}

/** Tokens for others than the provider itself need not be good for asking it who one is. */
async function orNothing(asked: Promise<IPerson>): Promise<Partial<IPerson>> {
  try {
    return await asked;
  } catch (error) {
    if (asDeepError(error).key === 'account-refused') {
      return {};
    }
    throw error;
  }
}

export const needed = ({ detail, title }: Account): DeepError =>
  new DeepError(
    'account-needed',
    detail ?? `The sign-in at ${title} has ended.`,
    { hint: 'Sign in again under *Accounts*.' }
  );

const notRevoked = (
  title: string,
  { detail }: DeepError
): AccountDisconnection => ({
  isRevoked: false,
  detail: `The sign-in at ${title} was forgotten here, but not revoked: ${detail} You can end it on its page.`
});

const otherPerson = (known: Account, now: IPerson): DeepError =>
  new DeepError(
    'conflict',
    `This sign-in is of ${now.name ?? now.subject}, the account of ${known.name ?? known.subject}.`,
    {
      hint: 'Sign in as the same person, or link it as another account.'
    }
  );
