import type { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';
import { isSafePath } from '../dav/paths';
import { ZipError, zipEntries } from './zipEntries';

/**
 * The files below a folder as one stream (Nextcloud 31 and later: `Accept: application/zip`), or those of the named ones. In a whole
 * folder the names begin with the folder's; in a selection they do not.
 *
 * @param url Of the folder.
 * @throws DeepError as the exchange does; `storage-refused` when the ZIP is damaged.
 */
export async function* filesOfZip(
  exchange: Exchange,
  url: string,
  {
    names,
    signal,
    act
  }: { names?: string[]; signal?: AbortSignal; act: string }
): AsyncGenerator<{ path: string; body: Readable }> {
  const selection =
    names === undefined
      ? ''
      : `&files=${encodeURIComponent(JSON.stringify(names))}`;
  const reply = await exchange.send({
    method: 'GET',
    url: `${url}?accept=zip${selection}`,
    headers: { accept: 'application/zip' },
    act,
    signal,
    isRepeatable: true
  });
  try {
    for await (const { name, body } of zipEntries(reply.body)) {
      const path = names ? name : name.slice(name.indexOf('/') + 1);
      const isFile = !name.endsWith('/');
      if (isFile && isSafePath(path) && (names || name.includes('/'))) {
        yield { path, body };
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw asDeepError(error, exchange.host);
  } finally {
    reply.body.destroy();
  }
}

function asDeepError(error: unknown, host: string): unknown {
  if (error instanceof DeepError) {
    return error;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const isCut = !(error instanceof ZipError) && code?.startsWith('UND_ERR');
  return new DeepError(
    isCut ? 'storage-unreachable' : 'storage-refused',
    `The files of ${host} did not come whole: ${message}`,
    { cause: error }
  );
}
