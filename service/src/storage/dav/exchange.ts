import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { hostOf } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { AddressGuard } from '../../catalogue/remote/addressGuard';
import { Agents } from '../../catalogue/remote/agents';
import { failureOf } from '../../catalogue/remote/failure';
import { version } from '../../version';
import { IAttempt, refusalOf } from './refusals';
import { Turns } from './turns';

export type Reply = Dispatcher.ResponseData;

export interface IExchangeOptions {
  /** Any URL of the server: nothing but its origin is asked. */
  server: string;
  network: ISettings['network'];
  /** A person confirmed that the server need not be public. */
  allowPrivate?: boolean;
  /** Value of the header `Authorization`; never written anywhere. */
  authorization(): string;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** The server refused the password: called once, before the failure. */
  onRefused?(): void;
}

/** One request. */
export interface IAsk {
  method: string;
  url: string;
  headers?: Record<string, string>;
  /** A stream is opened anew for each attempt. */
  body?: string | Uint8Array | (() => Readable);
  /** What is being done, for the words of a failure: `read plants/a.jpg`. */
  act: string;
  signal?: AbortSignal;
  /** How long the server may take before its answer begins. */
  answerMs?: number;
  /** What may be asked again when nobody knows whether it arrived. */
  isRepeatable?: boolean;
  /** Statuses that are answers, beside those of success. */
  taken?: readonly number[];
}

/** Requests to one account at once: as many as a small server works on. */
const AT_ONCE = 6;
/** Each file on a connection of its own: one behind a large one would wait for it. */
const SENT_AHEAD = 1;
const ANSWER_MS = 60_000;
const STALL_MS = 60_000;
const MAX_UNREAD_BYTES = 65_536;
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** Locked for a moment, or busy: the same request may be answered the next time. */
const WAITED_FOR = new Set([423, 429, 503]);
/** A file of our own that cannot be read is no fault of the server. */
const OF_DISK = new Set([
  'EACCES',
  'EIO',
  'EISDIR',
  'ENOENT',
  'EPERM',
  'ESTALE'
]);
const WRITES = /^(PUT|POST|DELETE|MOVE|COPY|MKCOL|PROPPATCH)$/;

/** Nextcloud shows it in the list of devices. */
export const USER_AGENT = `jupyterlab-deep/${version} (${hostname()})`;

/**
 * Requests to the server of one account: checked addresses, no redirects, few at once. After the first refused password nothing is asked
 * any more, because a server locks out an address that goes on (Nextcloud after ten).
 */
export class Exchange {
  constructor(private readonly _options: IExchangeOptions) {
    this.origin = new URL(_options.server).origin;
    this._agents = Agents.of(_options.network, SENT_AHEAD);
    this._guard = new AddressGuard({
      ownAddresses: [this.origin],
      allowPrivate: _options.allowPrivate,
      privateHosts: _options.network.privateHosts,
      hasProxy: this._agents.hasProxy
    });
  }

  readonly origin: string;

  get host(): string {
    return hostOf(new URL(this.origin));
  }

  /**
   * Ask, and give the answer once it has begun. Whoever takes it reads its body to the end or destroys it.
   *
   * @throws DeepError of `refusals.ts`; `storage-unreachable` when there is no answer; `storage-login`; the signal's reason.
   */
  async send(ask: IAsk): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS;
      try {
        const reply = await this._once(ask);
        const isBusy = WAITED_FOR.has(reply.statusCode);
        if (isBusy && !last && !ask.taken?.includes(reply.statusCode)) {
          const ms = waitOf(reply, attempt);
          await drop(reply);
          await wait(ms, undefined, { signal: ask.signal });
          continue;
        }
        return await this._accepted(reply, ask);
      } catch (error) {
        ask.signal?.throwIfAborted();
        const mayRepeat = ask.isRepeatable && isCut(error);
        if (!mayRepeat || last) {
          throw error;
        }
      }
    }
  }

  /** The whole answer as text. */
  async text(ask: IAsk): Promise<string> {
    const { body } = await this.send(ask);
    try {
      return await body.text();
    } catch (error) {
      throw this._silence(error, ask);
    }
  }

  /** For requests whose answer has no body of interest. */
  async run(ask: IAsk): Promise<Reply> {
    const reply = await this.send(ask);
    await drop(reply);
    return reply;
  }

  private async _once(ask: IAsk): Promise<Reply> {
    const url = new URL(ask.url);
    if (url.origin !== this.origin) {
      throw new DeepError(
        'storage-refused',
        `${url.origin} is not asked: the account belongs to ${this.origin}.`
      );
    }
    const giveBack = await this._turns.take(ask.signal);
    try {
      // Not before: it may have been refused while this one waited.
      if (this._isRefused) {
        throw refused(this.host, ask.act);
      }
      const reply = await this._request(url, ask);
      // The turn ends with the answer, not with its beginning.
      reply.body.once('close', giveBack);
      return reply;
    } catch (error) {
      giveBack();
      throw this._silence(error, ask);
    }
  }

  private async _request(url: URL, ask: IAsk): Promise<Reply> {
    const { body, headers, method, signal } = ask;
    const mayBePrivate = await this._guard.check(url);
    const dispatcher = await this._agents.of(url, mayBePrivate);
    const { request } = await import('undici');
    const stream = typeof body === 'function' ? body() : undefined;
    try {
      return await request(url, {
        dispatcher,
        method: method as Dispatcher.HttpMethod,
        signal,
        headersTimeout: ask.answerMs ?? ANSWER_MS,
        bodyTimeout: STALL_MS,
        body: stream ?? (body as string | Uint8Array | undefined),
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': USER_AGENT,
          authorization: this._options.authorization(),
          ...this._options.headers,
          ...headers
        }
      });
    } catch (error) {
      stream?.destroy();
      throw stream?.errored ?? error;
    }
  }

  private async _accepted(reply: Reply, ask: IAsk): Promise<Reply> {
    const { statusCode: status } = reply;
    if ((status >= 200 && status < 300) || ask.taken?.includes(status)) {
      return reply;
    }
    if (status === 401 && !this._isRefused) {
      this._isRefused = true;
      this._options.onRefused?.();
    }
    if (status >= 300 && status < 400) {
      await drop(reply);
      throw new DeepError(
        'storage-refused',
        `${this.host} sends to another address instead of an answer; with a password nobody is sent on.`,
        { hint: 'Link the account with the address that it really has.' }
      );
    }
    const said = await beginningOf(reply);
    throw refusalOf(status, said, this._attempt(ask));
  }

  private _attempt({ act, method }: IAsk): IAttempt {
    return { host: this.host, act, isWrite: WRITES.test(method) };
  }

  private _silence(error: unknown, ask: IAsk): unknown {
    const { code = '' } = error as NodeJS.ErrnoException;
    const isOfDisk = OF_DISK.has(code);
    if (error instanceof DeepError || ask.signal?.aborted || isOfDisk) {
      return error;
    }
    const failure = failureOf(error, new URL(this.origin));
    return new DeepError('storage-unreachable', failure.message, {
      technical: `${ask.method} ${code}`.trim(),
      cause: error
    });
  }

  private readonly _agents: Agents;
  private readonly _guard: AddressGuard;
  private readonly _turns = new Turns(AT_ONCE);
  private _isRefused = false;
}

const refused = (host: string, act: string): DeepError =>
  new DeepError(
    'storage-login',
    `${host} was not asked to ${act}: it refused the password of this account before.`,
    { hint: 'Link the account again in the storage panel.' }
  );

/** Nobody answered, or the answer was cut: not a refusal. */
const isCut = (error: unknown): boolean =>
  error instanceof DeepError &&
  error.key === 'storage-unreachable' &&
  error.cause !== undefined;

function waitOf({ headers }: Reply, attempt: number): number {
  const asked = Number(headers['retry-after']) * 1000;
  const own = FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.min(LONGEST_WAIT_MS, Number.isFinite(asked) ? asked : own);
}

async function drop({ body }: Reply): Promise<void> {
  // What is left of the connection is of no interest.
  await body.dump({ limit: MAX_UNREAD_BYTES }).catch(() => undefined);
}

async function beginningOf({ body }: Reply): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_UNREAD_BYTES) {
        break;
      }
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}
