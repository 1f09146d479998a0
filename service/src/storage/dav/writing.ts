import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';
import type { IBytes, IWriteGuard } from '../remoteFiles';
import type { Exchange, Reply } from './exchange';

export interface IPutOptions extends IWriteGuard {
  signal?: AbortSignal;
  onBytes?(done: number): void;
  /** Nextcloud: folders above are made, the server says the hash of what it stored. */
  isNextcloud: boolean;
  hasHash: boolean;
}

/** A large file may lie in a cache before the server answers. */
const ANSWER_MS = 600_000;

/**
 * Write a file by one PUT, and compare what the server stored with what was sent.
 *
 * @param look Size of what is there afterwards.
 * @throws DeepError `conflict` when the guard does not hold; `storage-refused` when something else was stored.
 */
export async function putFile(
  exchange: Exchange,
  url: string,
  act: string,
  bytes: IBytes,
  options: IPutOptions,
  look: () => Promise<StorageEntry>
): Promise<StorageEntry> {
  let sum: string | undefined;
  const reply = await exchange.run({
    method: 'PUT',
    url,
    act,
    signal: options.signal,
    answerMs: ANSWER_MS,
    // With a guard, a repeated request may meet its own first success.
    isRepeatable: !options.ifMatch && !options.ifAbsent,
    headers: headersOf(bytes, options),
    body:
      bytes.sizeBytes === 0
        ? ''
        : () => tapped(bytes, options.onBytes, hex => (sum = hex))
  });
  const entry = await look();
  if (entry.sizeBytes !== bytes.sizeBytes) {
    throw notStored(
      exchange.host,
      act,
      `${entry.sizeBytes ?? 'an unknown number'} of ${bytes.sizeBytes} bytes`
    );
  }
  const stored = hashOf(reply);
  if (stored !== undefined && sum !== undefined && stored !== sum) {
    throw notStored(exchange.host, act, 'other bytes than were sent');
  }
  return entry;
}

function headersOf(
  { sizeBytes, modifiedS }: IBytes,
  { ifMatch, ifAbsent, isNextcloud, hasHash }: IPutOptions
): Record<string, string> {
  return {
    // A length always: where a proxy passes on a body without one, servers store nothing and say 201.
    'content-length': String(sizeBytes),
    'content-type': 'application/octet-stream',
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    ...(ifAbsent && { 'if-none-match': '*' }),
    ...(hasHash && { 'x-hash': 'sha256' }),
    ...(isNextcloud && { 'x-nc-webdav-auto-mkcol': '1' }),
    ...(modifiedS !== undefined && {
      'x-oc-mtime': String(Math.floor(modifiedS))
    })
  };
}

/** The bytes on their way, counted and summed. */
function tapped(
  { open }: IBytes,
  onBytes: ((done: number) => void) | undefined,
  onSum: (hex: string) => void
): Readable {
  const hash = createHash('sha256');
  let done = 0;
  const source = open();
  const tap = new Transform({
    transform: (piece: Buffer, _encoding, next) => {
      hash.update(piece);
      done += piece.length;
      onBytes?.(done);
      next(null, piece);
    },
    flush: next => {
      onSum(hash.digest('hex'));
      next();
    }
  });
  source.once('error', error => tap.destroy(error));
  tap.once('close', () => source.destroy());
  return source.pipe(tap);
}

function hashOf({ headers }: Reply): string | undefined {
  const value = headers['x-hash-sha256'];
  return (Array.isArray(value) ? value[0] : value)?.toLowerCase();
}

const notStored = (host: string, act: string, what: string): DeepError =>
  new DeepError(
    'storage-refused',
    `${host} was to ${act} and said yes, but has ${what}.`,
    {
      hint: 'Its proxy may cut uploads. Nothing here was lost: try again, and tell who runs it.'
    }
  );
