import { createHash, randomBytes } from 'node:crypto';
import { DeepError } from '@jupyterlab-deep/protocol';
import { quoted } from '../dav/entries';
import type { Exchange } from '../dav/exchange';
import type { ISmallFile, ISmallResult } from '../remoteFiles';

/** Of one request: a failure costs all of it. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 200;
const ANSWER_MS = 300_000;

interface IAnswer {
  error: boolean;
  message?: string;
  etag?: string;
}

/**
 * Many small files by `POST /bulk` (Nextcloud's developer manual, *bulk upload*): each with its sum, which the server verifies, each with
 * an answer of its own.
 */
export async function writeMany(
  exchange: Exchange,
  url: string,
  files: readonly ISmallFile[],
  signal?: AbortSignal
): Promise<ISmallResult[]> {
  const results: ISmallResult[] = [];
  for (const batch of batchesOf(files)) {
    results.push(...(await writeBatch(exchange, url, batch, signal)));
  }
  return results;
}

function* batchesOf(files: readonly ISmallFile[]): Generator<ISmallFile[]> {
  let batch: ISmallFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const isFull =
      batch.length === MAX_FILES || bytes + file.content.length > MAX_BYTES;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.content.length;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

async function writeBatch(
  exchange: Exchange,
  url: string,
  files: readonly ISmallFile[],
  signal?: AbortSignal
): Promise<ISmallResult[]> {
  const boundary = `deep-${randomBytes(16).toString('hex')}`;
  const text = await exchange.text({
    method: 'POST',
    url,
    signal,
    answerMs: ANSWER_MS,
    act: `take ${files.length} files`,
    // The same files with the same content again do no harm.
    isRepeatable: true,
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: bodyOf(files, boundary)
  });
  const answers = parse(text, exchange.host);
  return files.map(({ path }) => resultOf(path, answers));
}

function bodyOf(files: readonly ISmallFile[], boundary: string): Buffer {
  const parts = files.flatMap(({ path, content, modifiedS }) => {
    const md5 = createHash('md5').update(content).digest('hex');
    const headers = [
      `--${boundary}`,
      `X-File-Path: /${path}`,
      `Content-Length: ${content.length}`,
      // Servers before 32 know the second only.
      `OC-Checksum: MD5:${md5}`,
      `X-File-MD5: ${md5}`,
      ...(modifiedS === undefined
        ? []
        : [
            `X-OC-Mtime: ${Math.floor(modifiedS)}`,
            `X-File-Mtime: ${Math.floor(modifiedS)}`
          ])
    ];
    return [
      Buffer.from(`${headers.join('\r\n')}\r\n\r\n`),
      content,
      Buffer.from('\r\n')
    ];
  });
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

function parse(text: string, host: string): Record<string, IAnswer> {
  try {
    const answers: unknown = JSON.parse(text);
    if (typeof answers === 'object' && answers !== null) {
      return answers as Record<string, IAnswer>;
    }
  } catch {
    // Said below.
  }
  throw new DeepError(
    'storage-refused',
    `${host} did not say what became of the files it was sent.`,
    { technical: text.slice(0, 200) }
  );
}

/** HTTP says 200 even when files failed, and a server that stops in the middle names only what it has. */
function resultOf(
  path: string,
  answers: Record<string, IAnswer>
): ISmallResult {
  const answer = answers[`/${path}`] ?? answers[path];
  if (!answer) {
    return { path, refused: 'the server did not name it' };
  }
  return answer.error || !answer.etag
    ? { path, refused: answer.message || 'the server gave no reason' }
    : { path, etag: quoted(answer.etag) };
}
