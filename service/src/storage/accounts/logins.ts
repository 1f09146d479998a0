import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import {
  DeepError,
  StorageLogin,
  StorageLoginRequest
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../../admin/config';
import { asDeepError } from '../../http/problems';
import { IGrantedLogin, openExchange, openLogin, pollLogin } from './loginFlow';
import { AccountRecords, IKeptLogin } from './records';
import { SecretBox } from '../../store/secretBox';

export interface ILoginsParts {
  records: AccountRecords;
  box: SecretBox;
  network: ISettings['network'];
  logger: Pick<Logger, 'warn'>;
  /** The user granted it: what the login shall show. */
  onGranted(
    login: IKeptLogin,
    granted: IGrantedLogin
  ): Promise<Partial<StorageLogin>>;
}

const FIRST_POLL_MS = 700;
/** The server is asked every few seconds, as its manual wishes. */
const LONGEST_POLL_MS = 3000;
/** Nextcloud keeps the token of a login so long. */
const LIFE_MS = 1_200_000;
/** An ended login is shown so long. */
const SHOWN_MS = 600_000;

/** Logins that wait for their users; they outlive the service. */
export class Logins {
  constructor(private readonly _parts: ILoginsParts) {
    for (const login of _parts.records.logins()) {
      this._follow(login);
    }
  }

  /** @throws DeepError `not-found` */
  get(id: string): StorageLogin {
    const login = this._shown.get(id);
    if (!login) {
      throw new DeepError('not-found', 'This login is not waiting any more.', {
        hint: 'Begin it anew.'
      });
    }
    return login;
  }

  /** See `openLogin`. */
  async begin(
    {
      address,
      account,
      id: wantedId,
      purpose = 'account'
    }: StorageLoginRequest,
    allowPrivate: boolean
  ): Promise<StorageLogin> {
    const { box, network, records } = this._parts;
    const opened = await openLogin(address, network, allowPrivate);
    const login: IKeptLogin = {
      id: randomBytes(8).toString('hex'),
      server: opened.server,
      allowPrivate,
      page: opened.page,
      endpoint: opened.endpoint,
      token: box.seal(opened.token),
      expiresAt: new Date(Date.now() + LIFE_MS).toISOString(),
      purpose,
      wantedId,
      account
    };
    records.saveLogin(login);
    this._follow(login);
    return this.get(login.id);
  }

  /** The user does not want it any more. */
  giveUp(id: string): void {
    this.get(id);
    this._end(id);
    this._shown.delete(id);
  }

  close(): void {
    this._timers.forEach(timer => clearTimeout(timer));
    this._timers.clear();
    this._isClosed = true;
  }

  private _follow(login: IKeptLogin): void {
    const { expiresAt, id, page } = login;
    this._shown.set(id, { id, page, expiresAt, state: 'waiting' });
    const exchange = openExchange(
      login.server,
      this._parts.network,
      login.allowPrivate
    );
    let pauseMs = FIRST_POLL_MS;
    const again = (): void => {
      this._timers.set(
        id,
        setTimeout(() => void look(), pauseMs)
      );
      pauseMs = Math.min(LONGEST_POLL_MS, pauseMs * 1.5);
    };
    const look = async (): Promise<void> => {
      if (Date.now() > Date.parse(expiresAt)) {
        this._show(id, { state: 'expired' });
        return this._end(id);
      }
      try {
        const granted = await this._granted(login, exchange);
        if (granted && this._timers.has(id)) {
          await this._finish(login, granted);
        } else if (this._timers.has(id)) {
          again();
        }
      } catch (error) {
        this._failed(login, error, again);
      }
    };
    again();
  }

  private async _granted(
    login: IKeptLogin,
    exchange: ReturnType<typeof openExchange>
  ): Promise<IGrantedLogin | undefined> {
    const { box, records } = this._parts;
    if (login.granted) {
      return JSON.parse(box.open(login.granted));
    }
    const token = box.open(login.token);
    const granted = await pollLogin(exchange, login.endpoint, token);
    if (granted) {
      // It is told once: written down before anything else is done.
      login.granted = box.seal(JSON.stringify(granted));
      records.saveLogin(login);
    }
    return granted;
  }

  private async _finish(
    login: IKeptLogin,
    granted: IGrantedLogin
  ): Promise<void> {
    const news = await this._parts.onGranted(login, granted);
    this._show(login.id, { ...news, state: 'done' });
    this._end(login.id);
  }

  /** A server that is away for a moment is asked again; anything else ends the login. */
  private _failed(login: IKeptLogin, error: unknown, again: () => void): void {
    if (this._isClosed || !this._timers.has(login.id)) {
      return;
    }
    const failure = asDeepError(error);
    if (failure.key === 'storage-unreachable') {
      return again();
    }
    this._parts.logger.warn({ err: failure.detail }, 'a login failed');
    this._show(login.id, { state: 'failed', error: failure.toProblem() });
    this._end(login.id);
  }

  private _show(id: string, change: Partial<StorageLogin>): void {
    const login = this._shown.get(id);
    if (login) {
      this._shown.set(id, { ...login, ...change });
      setTimeout(() => this._shown.delete(id), SHOWN_MS).unref();
    }
  }

  private _end(id: string): void {
    clearTimeout(this._timers.get(id));
    this._timers.delete(id);
    this._parts.records.removeLogin(id);
  }

  private readonly _shown = new Map<string, StorageLogin>();
  private readonly _timers = new Map<string, NodeJS.Timeout>();
  private _isClosed = false;
}
