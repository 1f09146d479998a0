import { setTimeout as wait } from 'node:timers/promises';
import type { Dispatcher, FormData } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { hostOf } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { AddressGuard } from '../../catalogue/remote/addressGuard';
import { Agents } from '../../catalogue/remote/agents';
import { failureOf, RemoteFailure } from '../../catalogue/remote/failure';
import { version } from '../../version';
import { ITargetCheck } from './target';

/** One request to the API of a target. */
export interface ITargetAsk {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base address, without its query. */
  path: string;
  query?: Record<string, string | readonly string[]>;
  contentType?: string;
  body?: string | FormData;
  /** What is being done, for the words of a failure: `list the infrastructures`. */
  act: string;
  signal: AbortSignal;
}

export interface ITargetAnswer {
  status: number;
  text: string;
}

const CONNECTIONS_AHEAD = 1;
const ANSWER_MS = 60_000;
const STALL_MS = 30_000;
/** An infrastructure's log may be long; nothing else is. */
const MAX_BYTES = 32_000_000;
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 300;
/** Of a gateway before the API, or of one that is being restarted: nothing is known. */
const AWAY = new Set([502, 504]);

/**
 * Asks the API of an engine, cloud or platform: checked addresses, no redirects, an authorization that is asked for anew each
 * time and written nowhere. Whatever status comes is an answer; only silence is a failure.
 */
export class TargetApi {
  constructor(private readonly _options: TargetApi.IOptions) {
    this._base = new URL(_options.address.replace(/\/*$/, '/'));
    this._agents = Agents.of(_options.network, CONNECTIONS_AHEAD);
    this._guard = new AddressGuard({
      ownAddresses: [this._base.origin],
      allowPrivate: _options.allowPrivate,
      privateHosts: _options.network.privateHosts,
      hasProxy: this._agents.hasProxy
    });
  }

  /** For words. */
  get host(): string {
    return hostOf(this._base);
  }

  /**
   * Ask. What only reads is asked again when the connection broke.
   *
   * @throws DeepError `target-unreachable`; whatever the authorization throws, such as `account-needed`; the signal's reason
   */
  async ask(ask: ITargetAsk): Promise<ITargetAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this._once(ask);
      } catch (error) {
        this._throwIfAborted(ask);
        const isLast = ask.method !== 'GET' || attempt === ATTEMPTS;
        if (!(error instanceof RemoteFailure)) {
          throw error;
        }
        if (isLast || !error.isTransient) {
          throw this._silence(error, ask);
        }
        await wait(FIRST_WAIT_MS * attempt, undefined, { signal: ask.signal });
      }
    }
  }

  private async _once(ask: ITargetAsk): Promise<ITargetAnswer> {
    const url = new URL(ask.path.replace(/^\/+/, ''), this._base);
    for (const [name, values] of Object.entries(ask.query ?? {})) {
      [values].flat().forEach(value => url.searchParams.append(name, value));
    }
    const authorization = await this._options.authorization(ask.signal);
    const mayBePrivate = await this._guard.check(url);
    const dispatcher = await this._agents.of(url, mayBePrivate);
    const { request } = await import('undici');
    try {
      const reply = await request(url, {
        dispatcher,
        method: ask.method,
        signal: ask.signal,
        headersTimeout: this._options.answerMs ?? ANSWER_MS,
        bodyTimeout: STALL_MS,
        body: ask.body,
        headers: {
          accept: 'application/json',
          'user-agent': `jupyterlab-deep/${version}`,
          authorization,
          ...(ask.contentType && { 'content-type': ask.contentType })
        }
      });
      return await this._answer(reply, ask);
    } catch (error) {
      throw error instanceof DeepError ? error : failureOf(error, url);
    }
  }

  private async _answer(
    { statusCode: status, body }: Dispatcher.ResponseData,
    ask: ITargetAsk
  ): Promise<ITargetAnswer> {
    const text = await textOf(body);
    if (status >= 300 && status < 400) {
      throw new DeepError(
        'target-refused',
        `${this._options.title} at ${this.host} did not ${ask.act}: it sends to another address, and nobody is sent on with credentials.`,
        { hint: 'Give the target the address that it really has.' }
      );
    }
    if (AWAY.has(status)) {
      throw new RemoteFailure(
        `A gateway before ${this.host} answered ${status}.`,
        { isTransient: true }
      );
    }
    return { status, text };
  }

  /** Who asks within a time has no answer when it is up; who wants none any longer is not told more. */
  private _throwIfAborted(ask: ITargetAsk): void {
    const { aborted, reason } = ask.signal;
    if (aborted && (reason as Error)?.name === 'TimeoutError') {
      const says = `${this.host} did not answer in time.`;
      throw this._silence(new RemoteFailure(says), ask);
    }
    ask.signal.throwIfAborted();
  }

  private _silence(failure: RemoteFailure, { act, method }: ITargetAsk) {
    return new DeepError(
      'target-unreachable',
      `${this._options.title} could not be asked to ${act}: ${failure.message}`,
      {
        hint: 'What runs there goes on. Check the network and the address of the target.',
        technical: `${method} ${this._base.origin}`,
        cause: failure
      }
    );
  }

  private readonly _base: URL;
  private readonly _agents: Agents;
  private readonly _guard: AddressGuard;
}

export namespace TargetApi {
  export interface IOptions {
    /** Who is asked, for people: `The Infrastructure Manager`. */
    title: string;
    /** Base of the API. */
    address: string;
    network: ISettings['network'];
    /** A person confirmed that it need not be public. */
    allowPrivate?: boolean;
    /** Value of the header `Authorization`. */
    authorization(signal: AbortSignal): Promise<string>;
    /** How long it may take before an answer begins. */
    answerMs?: number;
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new RemoteFailure(
        `The answer is longer than ${MAX_BYTES / 1_000_000} MB.`
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON of an answer; undefined where it is none. */
export function jsonOf({ text }: ITargetAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a check says when it failed. */
export function checkOf(error: unknown): ITargetCheck {
  if (!(error instanceof DeepError)) {
    return { state: 'unreachable', said: (error as Error).message };
  }
  const { key, detail: said, hint } = error;
  const state = key === 'account-needed' ? 'needs-account' : 'unreachable';
  return { state, said, ...(hint && { hint }) };
}
