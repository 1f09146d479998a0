import { addAbortSignal } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IByteRange, IRemoteBody } from '../remoteFiles';
import type { Exchange, Reply } from './exchange';
import { Resuming } from './resuming';

export interface IReadOptions {
  range?: IByteRange;
  ifMatch?: string;
  signal?: AbortSignal;
}

/**
 * A file, or a range of it. A connection that is cut is taken up where it was, as long as the file is the same.
 *
 * @throws DeepError as the exchange does; `conflict` when the file is not that of `ifMatch`.
 */
export async function readFile(
  exchange: Exchange,
  url: string,
  act: string,
  options: IReadOptions
): Promise<IRemoteBody> {
  const { range, ifMatch, signal } = options;
  const from = range?.start ?? 0;
  const first = await ask(exchange, url, act, { range, ifMatch, signal });
  const etag = headerOf(first, 'etag') ?? ifMatch;
  const sizeBytes = sizeOf(first, exchange.host);
  const more = (start: number): Promise<Reply> =>
    ask(exchange, url, act, {
      range: { start: from + start, end: from + sizeBytes },
      ifMatch: etag,
      signal
    });
  const { host } = exchange;
  const body = new Resuming({
    host,
    sizeBytes,
    first,
    // Without an ETag nobody knows whether the rest is of the same file.
    ...(etag && { more })
  });
  return {
    body: signal ? addAbortSignal(signal, body) : body,
    sizeBytes,
    etag,
    contentType: headerOf(first, 'content-type')
  };
}

async function ask(
  exchange: Exchange,
  url: string,
  act: string,
  { range, ifMatch, signal }: IReadOptions
): Promise<Reply> {
  const reply = await exchange.send({
    method: 'GET',
    url,
    act,
    signal,
    isRepeatable: true,
    headers: {
      ...(range && { range: `bytes=${range.start}-${range.end - 1}` }),
      ...(ifMatch && { 'if-match': ifMatch })
    }
  });
  const isRange = reply.statusCode === 206;
  const isWhole = !range || Number(reply.headers['content-length']) === 0;
  if (!isRange && !isWhole) {
    reply.body.destroy();
    throw new DeepError(
      'storage-refused',
      `${exchange.host} gives no parts of files, so this one cannot be taken up in the middle.`
    );
  }
  return reply;
}

function sizeOf(reply: Reply, host: string): number {
  const size = Number(headerOf(reply, 'content-length'));
  if (!Number.isSafeInteger(size)) {
    reply.body.destroy();
    throw new DeepError(
      'storage-refused',
      `${host} does not say how long the file is, so nobody would see that it was cut.`
    );
  }
  return size;
}

function headerOf({ headers }: Reply, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
