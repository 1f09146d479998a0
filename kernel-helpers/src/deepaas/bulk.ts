import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IMessage } from './body';
import { Exchange } from './exchange';
import { IAttempt, transportFailure } from './failures';
import { IAnswer } from './refusals';
import { Limit } from './limit';
import { IWire, makeDispatcher } from './network';
import { MAX_REDIRECTS, redirectedPath } from './redirect';

/** Posts arguments and files over connections that stay open between the calls. */
export class BulkSender {
  constructor(
    private readonly _wire: IWire,
    /** What one answer may take in memory, bytes. */
    private readonly _maxReplyBytes: number
  ) {}

  /**
   * @param make Makes what is sent; once more for each redirect.
   * @throws DeepError `module-unreachable`, `timeout`, `cancelled`, `too-large`; answers of any status are returned.
   */
  async post(
    path: string,
    make: () => Promise<IMessage>,
    accept: string,
    attempt: IAttempt
  ): Promise<IAnswer> {
    const limit = new Limit(attempt);
    try {
      const message = await make();
      let to: string | undefined = path + message.query;
      let answer = await this._send(to, message, accept, limit, attempt);
      for (let steps = 0; steps < MAX_REDIRECTS; steps++) {
        to = redirectedPath(answer, this._wire, 'POST', to);
        if (to === undefined) {
          break;
        }
        answer = await this._send(to, await make(), accept, limit, attempt);
      }
      return answer;
    } catch (error) {
      throw transportFailure(limit.reason(error), attempt);
    } finally {
      limit.end();
    }
  }

  /** Close the connections. The sender can be used again afterwards. */
  async close(): Promise<void> {
    const dispatcher = this._dispatcher;
    this._dispatcher = undefined;
    await (await dispatcher)?.close();
  }

  private async _send(
    path: string,
    { headers, body }: IMessage,
    accept: string,
    limit: Limit,
    attempt: IAttempt
  ): Promise<IAnswer> {
    const { endpoint, token } = this._wire;
    this._dispatcher ??= makeDispatcher(this._wire);
    const dispatcher = await this._dispatcher;
    const exchange = new Exchange({
      maxReplyBytes: this._maxReplyBytes,
      tooLarge: () => tooLarge(attempt, this._maxReplyBytes)
    });
    limit.onStop(reason => exchange.stop(reason));
    const options = {
      origin: endpoint.origin,
      path,
      method: 'POST' as const,
      headers: {
        ...headers,
        accept,
        'content-type': body.contentType,
        'content-length': String(body.sizeBytes),
        ...(token ? { authorization: `Bearer ${token}` } : {})
      },
      body: body.payload,
      // The limit of the whole call counts instead.
      headersTimeout: 0,
      bodyTimeout: 0
    };
    try {
      dispatcher.dispatch(options, exchange);
      return await exchange.answer;
    } finally {
      if (!Buffer.isBuffer(body.payload)) {
        // Of what was broken off before it began, nobody else closes the files.
        body.payload.destroy();
      }
    }
  }

  private _dispatcher?: Promise<Dispatcher>;
}

const tooLarge = (
  { action, name }: IAttempt,
  maxReplyBytes: number
): DeepError =>
  new DeepError(
    'too-large',
    `${name} answered ${action} with more than ${Math.round(maxReplyBytes / 1024 / 1024)} MiB; that does not fit here.`
  );
