import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DeepError, StorageCapabilities } from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';
import { responses } from '../dav/listing';
import { statusOf } from '../dav/refusals';
import type { IBytes, IChunkedUpload, IUploadProgress } from '../remoteFiles';

/** Rules of chunked upload v2 (Nextcloud's developer manual): every chunk but the last, and their numbers. */
const MIN_CHUNK_BYTES = 5_000_000;
const DEFAULT_CHUNK_BYTES = 100 * 1024 * 1024;
const MAX_CHUNKS = 10_000;
const MAX_PARALLEL = 4;
/** Joining takes seconds a GiB on the server. */
const JOIN_MS = 1_800_000;
/** How long is looked for a file after an unclear answer: a join goes on behind a proxy that gave up. */
const PATIENCE_MS = 2000;
const JOINED_BYTES_PER_MS = 100_000;
const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 3000;
const ATTEMPTS = 4;
const LENGTH_QUERY =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:getcontentlength/></d:prop></d:propfind>';

export interface IChunkedTarget {
  exchange: Exchange;
  /** Of the user's folder of uploads, without a slash at its end. */
  uploadsUrl: string;
  /** Of the file itself. */
  destination: string;
  can: StorageCapabilities;
  /** Overwrite what is there. */
  mayReplace: boolean;
  /** Size and ETag of what is there; undefined when nothing is. */
  look(): Promise<{ sizeBytes?: number; etag?: string } | undefined>;
  signal?: AbortSignal;
}

/** A new upload of a file: a name nobody else has, chunks that are few enough and large enough. */
export function planUpload(
  path: string,
  sizeBytes: number,
  { chunkBytes = DEFAULT_CHUNK_BYTES }: StorageCapabilities
): IChunkedUpload {
  return {
    id: `deep-${randomBytes(12).toString('hex')}`,
    path,
    sizeBytes,
    chunkBytes: Math.max(
      MIN_CHUNK_BYTES,
      chunkBytes,
      Math.ceil(sizeBytes / MAX_CHUNKS)
    )
  };
}

/**
 * Upload a file in chunks and have the server join them. An upload that was written down is taken up where it was.
 *
 * @throws DeepError as the exchange does; `conflict` when something else is there that may not be replaced.
 */
export async function uploadChunks(
  target: IChunkedTarget,
  path: string,
  bytes: IBytes,
  progress: IUploadProgress
): Promise<void> {
  // Beside the upload: only the joining needs it.
  const sum = sumOf(bytes, target.signal);
  sum.catch(() => undefined);
  for (let attempt = 1; ; attempt++) {
    const resumed = attempt === 1 ? fitting(progress.resume, bytes) : undefined;
    const plan = resumed ?? planUpload(path, bytes.sizeBytes, target.can);
    try {
      const there = resumed
        ? await lengthsOf(target, plan)
        : await begin(target, plan, progress);
      await sendMissing(target, plan, bytes, there, progress);
      await join(target, plan, bytes, await sum);
      return;
    } catch (error) {
      // The server has lost the upload: after a day, or when its cache was emptied.
      const isLost = [404, 412].includes(statusOf(error) ?? 0);
      if (!isLost || attempt === 2 || !(await isGone(target, plan))) {
        throw error;
      }
    }
  }
}

/** Take away what a given up upload left. */
export async function abandonUpload(
  { exchange, uploadsUrl }: Pick<IChunkedTarget, 'exchange' | 'uploadsUrl'>,
  { id, path }: IChunkedUpload
): Promise<void> {
  await exchange.run({
    method: 'DELETE',
    url: `${uploadsUrl}/${id}`,
    act: `forget the upload of ${path}`,
    taken: [404]
  });
}

const fitting = (
  resume: IChunkedUpload | undefined,
  { sizeBytes }: IBytes
): IChunkedUpload | undefined =>
  resume?.sizeBytes === sizeBytes ? resume : undefined;

async function sumOf(bytes: IBytes, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha1');
  for await (const piece of bytes.open()) {
    signal?.throwIfAborted();
    hash.update(piece as Buffer);
  }
  return `SHA1:${hash.digest('hex')}`;
}

async function begin(
  target: IChunkedTarget,
  plan: IChunkedUpload,
  { onOpened }: IUploadProgress
): Promise<Map<string, number>> {
  await onOpened?.(plan);
  await target.exchange.run({
    method: 'MKCOL',
    url: `${target.uploadsUrl}/${plan.id}`,
    act: `begin the upload of ${plan.path}`,
    signal: target.signal,
    isRepeatable: true,
    // Of an attempt whose answer was lost.
    taken: [405],
    headers: { destination: target.destination }
  });
  return new Map();
}

/** Which chunks are there, and how long they are. */
async function lengthsOf(
  { exchange, uploadsUrl, signal }: IChunkedTarget,
  { id, path }: IChunkedUpload
): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  const pieces = responses(exchange, {
    method: 'PROPFIND',
    url: `${uploadsUrl}/${id}`,
    act: `look how far the upload of ${path} is`,
    signal,
    isRepeatable: true,
    headers: { depth: '1', 'content-type': 'application/xml' },
    body: LENGTH_QUERY
  });
  for await (const piece of pieces) {
    for (const { href, properties } of piece) {
      const name = href.replace(/\/$/, '').split('/').pop() ?? '';
      lengths.set(name, Number(properties.getcontentlength));
    }
  }
  return lengths;
}

const isGone = async (
  target: IChunkedTarget,
  plan: IChunkedUpload
): Promise<boolean> => {
  try {
    await lengthsOf(target, plan);
    // There, but without its metadata: it can only be begun anew.
    await abandonUpload(target, plan);
    return true;
  } catch (error) {
    return statusOf(error) === 404;
  }
};

interface IChunk {
  name: string;
  start: number;
  end: number;
}

function* chunksOf({
  sizeBytes,
  chunkBytes
}: IChunkedUpload): Generator<IChunk> {
  const count = Math.max(1, Math.ceil(sizeBytes / chunkBytes));
  for (let index = 0; index < count; index++) {
    const start = index * chunkBytes;
    // Chunks are joined in the order of their names.
    const name = String(index + 1).padStart(5, '0');
    yield { name, start, end: Math.min(sizeBytes, start + chunkBytes) };
  }
}

async function sendMissing(
  target: IChunkedTarget,
  plan: IChunkedUpload,
  bytes: IBytes,
  there: ReadonlyMap<string, number>,
  { onBytes }: IUploadProgress
): Promise<void> {
  let done = 0;
  const count = (chunk: IChunk): void => {
    done += chunk.end - chunk.start;
    onBytes?.(done);
  };
  const missing: IChunk[] = [];
  for (const chunk of chunksOf(plan)) {
    if (there.get(chunk.name) === chunk.end - chunk.start) {
      count(chunk);
    } else {
      missing.push(chunk);
    }
  }
  const left = missing[Symbol.iterator]();
  const parallel = Math.min(MAX_PARALLEL, target.can.parallelChunks ?? 2);
  const work = async (): Promise<void> => {
    for (const chunk of left) {
      await sendChunk(target, plan, bytes, chunk);
      count(chunk);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

async function sendChunk(
  { exchange, uploadsUrl, destination, signal }: IChunkedTarget,
  { id, path, sizeBytes }: IChunkedUpload,
  bytes: IBytes,
  { name, start, end }: IChunk
): Promise<void> {
  await exchange.run({
    method: 'PUT',
    url: `${uploadsUrl}/${id}/${name}`,
    act: `take a part of ${path}`,
    signal,
    isRepeatable: true,
    headers: {
      destination,
      'oc-total-length': String(sizeBytes),
      // Without it some servers store nothing and say 201.
      'content-length': String(end - start),
      'content-type': 'application/octet-stream'
    },
    body: () => bytes.open({ start, end })
  });
}

/**
 * Have the chunks joined. Whether an answer that was lost or late meant success is looked up at the destination before anything is asked
 * again: a second MOVE of a joined upload fails.
 */
async function join(
  target: IChunkedTarget,
  plan: IChunkedUpload,
  { sizeBytes, modifiedS }: IBytes,
  sum: string
): Promise<void> {
  const { exchange, uploadsUrl, destination, mayReplace, signal } = target;
  const before = await target.look();
  for (let attempt = 1; ; attempt++) {
    try {
      await exchange.run({
        method: 'MOVE',
        url: `${uploadsUrl}/${plan.id}/.file`,
        act: `put the parts of ${plan.path} together`,
        signal,
        answerMs: JOIN_MS,
        headers: {
          destination,
          overwrite: mayReplace ? 'T' : 'F',
          'oc-total-length': String(sizeBytes),
          'oc-checksum': sum,
          ...(modifiedS !== undefined && {
            'x-oc-mtime': String(Math.floor(modifiedS))
          })
        }
      });
      return;
    } catch (error) {
      signal?.throwIfAborted();
      // After an unclear answer “not there” may mean that they have been joined, “locked” that they still are.
      const isUnclear =
        isUnreachable(error) ||
        (attempt > 1 && [404, 423].includes(statusOf(error) ?? 0));
      if (!isUnclear) {
        throw error;
      }
      if (await hasArrived(target, before?.etag, sizeBytes)) {
        return;
      }
      if (attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function hasArrived(
  { look, signal }: IChunkedTarget,
  formerEtag: string | undefined,
  sizeBytes: number
): Promise<boolean> {
  const patienceMs = PATIENCE_MS + sizeBytes / JOINED_BYTES_PER_MS;
  let pauseMs = FIRST_LOOK_MS;
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pauseMs) {
    const now = await look().catch(unlessUnreachable);
    if (now?.sizeBytes === sizeBytes && now.etag !== formerEtag) {
      return true;
    }
    pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 2);
    await wait(pauseMs, undefined, { signal });
  }
  return false;
}

/** It may be down for a moment longer. */
function unlessUnreachable(error: unknown): null {
  if (isUnreachable(error)) {
    return null;
  }
  throw error;
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof DeepError && error.key === 'storage-unreachable';
