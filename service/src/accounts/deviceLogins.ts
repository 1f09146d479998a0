import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Account, DeepError, DeviceLogin } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { asDeepError } from '../http/problems';
import { SecretBox } from '../store/secretBox';
import type { ISignIn } from './oidcAccounts';
import { IDeviceCode, ITokens, OidcClient } from './oidcClient';
import type { Providers } from './providers';
import { IKeptLogin, LoginRecords } from './records';

export interface IDeviceLoginsParts {
  records: LoginRecords;
  box: SecretBox;
  providers: Providers;
  network: ISettings['network'];
  logger: Pick<Logger, 'warn'>;
  /** The user granted it. */
  onGranted(signIn: ISignIn, tokens: ITokens): Promise<Account>;
}

/** Nobody enters a code that was shown longer ago, whatever its provider allows. */
const LONGEST_LIFE_MS = 1_200_000;
/** An ended sign-in is shown so long. */
const SHOWN_MS = 600_000;
const PAUSE_MS = 2000;

/** Sign-ins that wait for their users; they outlive the service. */
export class DeviceLogins {
  constructor(private readonly _parts: IDeviceLoginsParts) {
    for (const login of _parts.records.all) {
      this._takeUp(login);
    }
  }

  /** @throws DeepError `not-found` */
  get(id: string): DeviceLogin {
    const login = this._shown.get(id);
    if (!login) {
      throw new DeepError(
        'not-found',
        'This sign-in is not waiting any more.',
        { hint: 'Begin it anew.' }
      );
    }
    return login;
  }

  /** Ask the provider for a code. @throws DeepError `account-unreachable`, `account-refused` */
  async begin(signIn: ISignIn): Promise<DeviceLogin> {
    const client = await this._open(signIn);
    const code = await client.begin();
    const lifeMs = Math.min(LONGEST_LIFE_MS, code.lifeS * 1000);
    const login: IKeptLogin = {
      id: randomBytes(8).toString('hex'),
      signIn,
      code: this._parts.box.seal(JSON.stringify(code)),
      expiresAt: new Date(Date.now() + lifeMs).toISOString()
    };
    this._parts.records.save(login);
    this._show(login, code);
    void this._follow(login, code, client);
    return this.get(login.id);
  }

  /** The user does not want it any more. */
  giveUp(id: string): void {
    this.get(id);
    this._end(id);
    this._shown.delete(id);
  }

  close(): void {
    this._waiting.forEach(abort => abort.abort());
    this._waiting.clear();
  }

  private _takeUp(login: IKeptLogin): void {
    const { box, records } = this._parts;
    try {
      const code: IDeviceCode = JSON.parse(box.open(login.code));
      this._show(login, code);
      void this._follow(login, code);
    } catch {
      // It was sealed with another key: nobody can end it.
      records.remove(login.id);
    }
  }

  /** Ask until it is granted, declined, given up or too late. */
  private async _follow(
    login: IKeptLogin,
    code: IDeviceCode,
    opened?: OidcClient
  ): Promise<void> {
    const { id } = login;
    const abort = new AbortController();
    this._waiting.set(id, abort);
    let client = opened;
    while (!abort.signal.aborted) {
      try {
        client ??= await this._open(login.signIn);
        const tokens = await this._granted(login, code, client, abort.signal);
        const account = await this._parts.onGranted(login.signIn, tokens);
        if (!abort.signal.aborted) {
          this._change(id, { state: 'done', account });
          this._end(id);
        }
        return;
      } catch (error) {
        if (!abort.signal.aborted && !(await this._goesOn(login, error))) {
          return;
        }
      }
    }
  }

  private async _granted(
    login: IKeptLogin,
    code: IDeviceCode,
    client: OidcClient,
    given: AbortSignal
  ): Promise<ITokens> {
    const { box, records } = this._parts;
    if (login.granted) {
      return JSON.parse(box.open(login.granted));
    }
    const leftMs = Date.parse(login.expiresAt) - Date.now();
    const late = AbortSignal.timeout(Math.max(0, leftMs));
    const signal = AbortSignal.any([given, late]);
    const tokens = await client.poll(code, signal);
    // They are told once: written down before anything else is done.
    login.granted = box.seal(JSON.stringify(tokens));
    records.save(login);
    return tokens;
  }

  /** A provider that is away for a moment is asked again; anything else ends the sign-in. */
  private async _goesOn(login: IKeptLogin, error: unknown): Promise<boolean> {
    const { id } = login;
    const isLate = Date.now() >= Date.parse(login.expiresAt);
    if (isLate && !login.granted) {
      this._change(id, { state: 'expired' });
      this._end(id);
      return false;
    }
    const failure = asDeepError(error);
    if (failure.key === 'account-unreachable') {
      const { signal } = this._waiting.get(id) as AbortController;
      // Given up while it waited: the loop sees it.
      await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      return true;
    }
    this._parts.logger.warn({ says: failure.detail }, 'a sign-in failed');
    this._change(id, { state: 'failed', error: failure.toProblem() });
    this._end(id);
    return false;
  }

  private _open({ allowPrivate, clientId, issuer }: ISignIn) {
    const { network, providers } = this._parts;
    const client = providers.clientAt(issuer, clientId);
    return OidcClient.open(client, { network, allowPrivate });
  }

  private _show(
    { expiresAt, id, signIn }: IKeptLogin,
    { page, userCode }: IDeviceCode
  ): void {
    const { title } = signIn;
    const state = 'waiting';
    this._shown.set(id, { id, title, state, code: userCode, page, expiresAt });
  }

  private _change(id: string, change: Partial<DeviceLogin>): void {
    const login = this._shown.get(id);
    if (login) {
      this._shown.set(id, { ...login, ...change });
      setTimeout(() => this._shown.delete(id), SHOWN_MS).unref();
    }
  }

  private _end(id: string): void {
    this._waiting.get(id)?.abort();
    this._waiting.delete(id);
    this._parts.records.remove(id);
  }

  private readonly _shown = new Map<string, DeviceLogin>();
  private readonly _waiting = new Map<string, AbortController>();
}
