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
import { OidcClients } from './oidcClients';
import { endOf, needed, notRevoked, otherPerson } from './oidcWords';
import type { Providers } from './providers';
import { RenewalTimes } from './renewalTimes';

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

/** Accounts of OpenID Connect: their tokens are renewed ahead of their end, once at a time. */
export class OidcAccounts {
  constructor(private readonly _parts: IOidcAccountsParts) {
    this._clients = new OidcClients(_parts);
    this._times = new RenewalTimes({
      tokensOf: id => this._tokensOf(id),
      onTime: id => void this._onTime(id)
    });
    for (const { account } of _parts.book.all) {
      if (account.kind === 'oidc') {
        this._times.watch(account.id);
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
    return this._times.isFresh(id, tokens)
      ? tokens.accessToken
      : this._renewed(id);
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
    const client = await this._clients.open(signIn);
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
    this._clients.keep(account.id, client);
    this._times.remember(account.id, tokens);
    return account;
  }

  /** Renew it now, and ask who it is; how that went is told by the account's state. */
  async check(id: string): Promise<void> {
    const { book } = this._parts;
    try {
      await this._renewed(id);
      const kept = book.get(id);
      const client = await this._clients.of(kept);
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
    this._times.forget(id);
    this._clients.forget(id);
    book.remove(id);
    return outcome;
  }

  close(): void {
    this._times.close();
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
      client = await this._clients.of(kept);
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
    this._times.remember(id, tokens);
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
      const client = await this._clients.of(kept);
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

  private async _onTime(id: string): Promise<void> {
    try {
      await this._renewed(id);
    } catch (error) {
      // How it went is told by the account's state; one that nobody could ask is asked again before its end.
      if (asDeepError(error).key === 'account-unreachable') {
        this._times.watch(id, false);
      }
    }
  }

  /** Undefined where there is nothing to renew. */
  private _tokensOf(id: string): ITokens | undefined {
    const kept = this._parts.book.find(id);
    const tokens = kept && this._readable(kept);
    return kept?.account.state === 'expired' ? undefined : tokens;
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
  private readonly _clients: OidcClients;
  private readonly _times: RenewalTimes;
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
