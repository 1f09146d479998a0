import { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IByteRange, IRemoteBody } from '../remoteFiles';
import type { Exchange, Reply } from './exchange';

export interface IReadOptions {
  range?: IByteRange;
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Connections that may be cut in one file before it is given up. */
const RESUMES = 5;

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
  // Without an ETag nobody knows whether the rest is of the same file.
  const pieces = whole(
    first,
    sizeBytes,
    etag ? more : undefined,
    exchange.host
  );
  return {
    body: Readable.from(pieces, { objectMode: false, signal }),
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

async function* whole(
  first: Reply,
  sizeBytes: number,
  more: ((start: number) => Promise<Reply>) | undefined,
  host: string
): AsyncGenerator<Buffer> {
  let done = 0;
  let reply = first;
  for (let resumes = 0; ; resumes++) {
    try {
      for await (const piece of reply.body) {
        done += (piece as Buffer).length;
        yield piece as Buffer;
      }
      if (done === sizeBytes) {
        return;
      }
      throw new Error(`${done} of ${sizeBytes} bytes came`);
    } catch (error) {
      if (done > sizeBytes || !more || resumes === RESUMES) {
        throw cut(host, error);
      }
    } finally {
      reply.body.destroy();
    }
    if (done === sizeBytes) {
      return;
    }
    reply = await more(done);
  }
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

const cut = (host: string, cause: unknown): DeepError =>
  new DeepError(
    'storage-unreachable',
    `The file of ${host} did not come whole: ${(cause as Error).message}.`,
    { cause }
  );
