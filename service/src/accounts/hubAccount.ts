import {
  Account,
  AccountProvider,
  DeepError,
  HubAccess
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { asDeepError } from '../http/problems';
import { Claims, personOf, readJwt } from './claims';
import { guardedFetch } from './guardedFetch';

export const HUB = 'jupyterhub';

const TITLE = 'JupyterHub';
const TIMEOUT_MS = 15_000;
/** Where the scope has to stand; it is a common mistake to leave one out. */
const ADVICE =
  'The administrator of the hub switches `enable_auth_state` on and adds the scope `admin:auth_state!user` to `Spawner.server_token_scopes` and to the roles `server` and `user`.';

/** What the hub keeps of its user's sign-in. */
interface IAuthState extends Claims {
  access_token?: unknown;
  id_token?: unknown;
}

/**
 * The sign-in that the hub keeps for its user. It is asked for each token: what it gave before has been renewed since. How it is
 * asked comes from Jupyter with each start of it, and is not written down.
 */
export class HubAccount {
  constructor(
    private readonly _network: ISettings['network'],
    private readonly _onChanged: (account: Account | undefined) => void
  ) {}

  get account(): Account | undefined {
    return this._account;
  }

  /** Undefined outside of a hub. */
  get provider(): AccountProvider | undefined {
    return (
      this._access && {
        id: HUB,
        kind: 'jupyterhub',
        title: TITLE,
        isReady: this._account !== undefined,
        ...(this._reason && { reason: this._reason })
      }
    );
  }

  /** Jupyter says how the hub is asked. @throws DeepError `address-refused` */
  use(access: HubAccess): void {
    const url = URL.parse(access.url);
    if (!url || !/^https?:$/.test(url.protocol) || url.username) {
      throw new DeepError(
        'address-refused',
        'JUPYTERHUB_API_URL is not the address of a hub.'
      );
    }
    this._access = access;
    void this.check();
  }

  /** @throws DeepError `account-needed`, `account-unreachable` */
  async token(): Promise<string> {
    try {
      const { access_token: token, aheadMs } = await this._ask();
      return this._take(token, aheadMs);
    } catch (error) {
      throw this._failed(asDeepError(error));
    }
  }

  /** Ask the hub; how that went is told by the account, or by the provider's reason. */
  async check(): Promise<void> {
    try {
      await this.token();
    } catch (error) {
      this._reason = inWords(asDeepError(error));
    }
  }

  private async _ask(): Promise<{ access_token: string; aheadMs: number }> {
    const { token, url, user } = this._known();
    let aheadMs = 0;
    const ask = guardedFetch({
      // The platform named it, as the administrator does.
      own: url,
      allowPrivate: true,
      network: this._network,
      onClock: ms => (aheadMs = ms)
    });
    const { host } = new URL(url);
    const reply = await this._reply(
      ask,
      `${url.replace(/\/+$/, '')}/users/${encodeURIComponent(user)}`,
      token
    );
    if (reply.status === 401 || reply.status === 403) {
      throw new DeepError(
        'account-needed',
        `The hub at ${host} does not take the token of this Jupyter (${reply.status}).`,
        { hint: 'Stop and start your server in the hub.' }
      );
    }
    if (!reply.ok) {
      throw new DeepError(
        'account-unreachable',
        `The hub at ${host} did not say who you are: it answered ${reply.status}.`
      );
    }
    const state = await readState(reply, host);
    const { access_token: given } = state;
    if (typeof given !== 'string' || given === '') {
      throw new DeepError(
        'account-needed',
        `The hub at ${host} gives no token of your sign-in (\`auth_state\`).`,
        { hint: ADVICE }
      );
    }
    this._describe(user, given, state, aheadMs);
    return { access_token: given, aheadMs };
  }

  private async _reply(
    ask: typeof fetch,
    url: string,
    token: string
  ): Promise<Response> {
    try {
      return await ask(url, {
        headers: {
          accept: 'application/json',
          authorization: `token ${token}`
        },
        signal: AbortSignal.timeout(TIMEOUT_MS)
      });
    } catch (error) {
      const isLate = (error as Error).name === 'TimeoutError';
      throw new DeepError(
        'account-unreachable',
        isLate ? 'The hub did not answer in time.' : (error as Error).message,
        { hint: 'Try again in a moment.', cause: error }
      );
    }
  }

  private _describe(
    user: string,
    token: string,
    state: IAuthState,
    aheadMs: number
  ): void {
    const claims = readJwt(token);
    const told = state.oauth_user ?? state.user_info ?? {};
    const person = personOf(
      claims,
      readJwt(typeof state.id_token === 'string' ? state.id_token : undefined),
      told as Claims
    );
    const now = new Date(Date.now() + aheadMs).toISOString();
    this._change({
      id: HUB,
      kind: 'jupyterhub',
      title: TITLE,
      state: 'connected',
      ...person,
      name: person.name ?? user,
      isRenewed: true,
      createdAt: this._account?.createdAt ?? now,
      checkedAt: now,
      ...(typeof claims.iss === 'string' && { issuer: claims.iss })
    });
  }

  /** The hub renews what it keeps when somebody comes to it: one that has ended was not. */
  private _take(token: string, aheadMs: number): string {
    const { exp } = readJwt(token);
    const now = Date.now() + aheadMs;
    if (typeof exp === 'number' && exp * 1000 <= now) {
      throw new DeepError(
        'account-needed',
        `The hub gave a token that has ended at ${new Date(exp * 1000).toISOString()}.`,
        { hint: 'Log in to the hub again, in another tab.' }
      );
    }
    this._reason = undefined;
    return token;
  }

  private _failed(failure: DeepError): DeepError {
    if (this._account) {
      const isAway = failure.key === 'account-unreachable';
      this._change({
        ...this._account,
        state: isAway ? 'unreachable' : 'expired',
        detail: inWords(failure)
      });
    }
    return failure;
  }

  private _change(account: Account): void {
    this._account = account;
    this._onChanged(account);
  }

  private _known(): HubAccess {
    if (!this._access) {
      throw new DeepError(
        'not-found',
        'This Jupyter does not run in a JupyterHub.'
      );
    }
    return this._access;
  }

  private _access?: HubAccess;
  private _account?: Account;
  private _reason?: string;
}

const inWords = ({ detail, hint }: DeepError): string =>
  hint ? `${detail} ${hint}` : detail;

async function readState(reply: Response, host: string): Promise<IAuthState> {
  try {
    const user = (await reply.json()) as { auth_state?: IAuthState | null };
    return user.auth_state ?? {};
  } catch (cause) {
    throw new DeepError(
      'account-unreachable',
      `What answers at ${host} is not a hub.`,
      { cause }
    );
  }
}
