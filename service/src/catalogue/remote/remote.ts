import type { Dispatcher } from 'undici';
import { hostOf } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { version } from '../../version';
import { AddressGuard } from './addressGuard';
import { Agents } from './agents';
import { ENCODINGS, readBody } from './body';
import { failureOf, RemoteFailure } from './failure';
import { HostPauses } from './hostPauses';
import { conditionsOf, isFresh, IValidators, validatorsOf } from './validators';

export interface IGetOptions {
  /** `Accept`, exactly. */
  accept: string;
  /** What it should be, for the message when it is not: `YAML`. */
  expects: string;
  maxBytes: number;
  /** Of what is kept: the answer may be that it has not changed. */
  validators?: IValidators;
  signal: AbortSignal;
}

/** `missing`: it is not there, or no longer. */
export type Answer =
  | { state: 'content'; bytes: Buffer; validators: IValidators }
  | { state: 'unchanged'; validators: IValidators }
  | { state: 'missing' };

export interface IRemoteOptions {
  network: ISettings['network'];
  ownAddresses: readonly string[];
  allowPrivate?: boolean;
  timeouts?: Partial<ITimeouts>;
}

interface ITimeouts {
  /** Between two parts of an answer, and before the first. */
  stallMs: number;
  wholeMs: number;
}

const TIMEOUTS: ITimeouts = { stallMs: 10_000, wholeMs: 30_000 };
const MAX_REDIRECTS = 5;
/** Read without looking at it, so that the connection can be used again; the connection of a longer one is given up. */
const MAX_UNREAD_BYTES = 100_000;
const MAX_ATTEMPTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BUSY = new Set([429, 503]);
const MISSING = new Set([404, 410]);

type Reply = Dispatcher.ResponseData;

/** Asks the servers of one source. Whatever they answer is checked before it is believed. */
export class Remote {
  constructor(options: IRemoteOptions) {
    this._agents = Agents.of(options.network);
    this._guard = new AddressGuard({
      ...options,
      privateHosts: options.network.privateHosts,
      hasProxy: this._agents.hasProxy
    });
    this._timeouts = { ...TIMEOUTS, ...options.timeouts };
  }

  /**
   * Get a file.
   *
   * @throws RemoteFailure in words; the signal's reason when it was aborted
   */
  async get(address: string, options: IGetOptions): Promise<Answer> {
    const { validators } = options;
    if (validators && isFresh(validators)) {
      return { state: 'unchanged', validators };
    }
    const url = URL.parse(address);
    if (!url) {
      throw new RemoteFailure(`${address} is not an address.`);
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this._attempt(url, options);
      } catch (error) {
        options.signal.throwIfAborted();
        const failure = failureOf(error, url);
        if (!failure.isTransient || attempt === MAX_ATTEMPTS) {
          throw failure;
        }
      }
    }
  }

  private async _attempt(url: URL, options: IGetOptions): Promise<Answer> {
    await this._pauses.pass(url.host, options.signal);
    const timeout = AbortSignal.timeout(this._timeouts.wholeMs);
    const signal = AbortSignal.any([options.signal, timeout]);
    try {
      return await this._ask(url, { ...options, signal });
    } catch (error) {
      if (timeout.aborted && !options.signal.aborted) {
        throw new RemoteFailure(
          `${hostOf(url)} took longer than ${this._timeouts.wholeMs / 1000} seconds to answer.`,
          { isSilence: true }
        );
      }
      throw error;
    }
  }

  private async _ask(
    url: URL,
    options: IGetOptions,
    isSecond = false
  ): Promise<Answer> {
    const reply = await this._follow(url, options);
    const { statusCode, headers, body } = reply;
    if (statusCode === 200) {
      const bytes = await this._read(reply, url, options);
      return { state: 'content', bytes, validators: validatorsOf(headers) };
    }
    await body.dump({ limit: MAX_UNREAD_BYTES, signal: options.signal });
    if (MISSING.has(statusCode)) {
      return { state: 'missing' };
    }
    if (statusCode === 304) {
      return this._unchanged(reply, url, options, isSecond);
    }
    if (BUSY.has(statusCode)) {
      this._pauses.heed(url.host, textOf(headers['retry-after']));
    }
    throw new RemoteFailure(`${hostOf(url)} answered ${statusCode}.`, {
      isTransient: BUSY.has(statusCode)
    });
  }

  /** “Not modified” without our having said what we have means nothing: it is asked once more, for all of it. */
  private _unchanged(
    { headers }: Reply,
    url: URL,
    options: IGetOptions,
    isSecond: boolean
  ): Promise<Answer> | Answer {
    const { validators } = options;
    if (validators && Object.keys(conditionsOf(validators)).length > 0) {
      const { freshUntil, ...kept } = validators;
      return {
        state: 'unchanged',
        validators: { ...kept, ...validatorsOf(headers) }
      };
    }
    if (isSecond) {
      throw new RemoteFailure(
        `${hostOf(url)} says that nothing has changed, but never said what there is.`
      );
    }
    return this._ask(url, options, true);
  }

  private async _follow(from: URL, options: IGetOptions): Promise<Reply> {
    let url = from;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const reply = await this._request(url, options);
      const { location } = reply.headers;
      if (!REDIRECTS.has(reply.statusCode) || location === undefined) {
        return reply;
      }
      const { signal } = options;
      await reply.body.dump({ limit: MAX_UNREAD_BYTES, signal });
      url = redirected(url, textOf(location) ?? '');
    }
    throw new RemoteFailure(
      `${hostOf(from)} sends from one address to the next without end.`
    );
  }

  private async _request(url: URL, options: IGetOptions): Promise<Reply> {
    const mayBePrivate = await this._guard.check(url);
    const { request } = await import('undici');
    try {
      return await request(url, {
        dispatcher: await this._agents.of(url, mayBePrivate),
        signal: options.signal,
        // Or nothing is sent ahead.
        blocking: false,
        headersTimeout: this._timeouts.stallMs,
        bodyTimeout: this._timeouts.stallMs,
        headers: {
          accept: options.accept,
          'accept-encoding': ENCODINGS,
          'user-agent': `jupyterlab-deep/${version}`,
          ...conditionsOf(options.validators ?? {})
        }
      });
    } catch (error) {
      throw failureOf(error, url);
    }
  }

  private async _read(
    { headers, body }: Reply,
    url: URL,
    { maxBytes, expects }: IGetOptions
  ): Promise<Buffer> {
    const encoding = textOf(headers['content-encoding']);
    const bytes = await readBody(body, encoding, maxBytes);
    if (isWebPage(textOf(headers['content-type']), bytes)) {
      throw new RemoteFailure(
        `${hostOf(url)} answered with a web page instead of ${expects}: perhaps a login, or an address of something else.`
      );
    }
    return bytes;
  }

  private readonly _agents: Agents;
  private readonly _guard: AddressGuard;
  private readonly _timeouts: ITimeouts;
  private readonly _pauses = new HostPauses();
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function redirected(from: URL, location: string): URL {
  const url = URL.parse(location, from.href);
  if (!url) {
    throw new RemoteFailure(
      `${hostOf(from)} sends to something that is no address.`
    );
  }
  return url;
}

const PAGE_TYPE = /^\s*(text\/html|application\/xhtml)/i;
const PAGE_START = /^\s*<(!doctype\s+html|html)\b/i;

/** Login pages and captive networks answer 200 to everything. */
function isWebPage(contentType: string | undefined, bytes: Buffer): boolean {
  return (
    PAGE_TYPE.test(contentType ?? '') ||
    PAGE_START.test(bytes.toString('latin1', 0, 256))
  );
}
