import { FastifyReply } from 'fastify';
import { DeepError } from '@jupyterlab-deep/protocol';
import { guardHeaders, typeOfName } from '../../http/content';
import { StorageAccounts } from '../accounts/storageAccounts';
import type { DavFiles } from '../dav/davFiles';
import { nameOf } from '../dav/paths';
import type { IByteRange } from '../remoteFiles';

/** Which bytes are asked for, and how. */
export interface IContentQuery {
  path: string;
  download?: '0' | '1';
  /** The header `Range`. */
  wantedRange?: string;
}

/** Answer with a file, or one range of it, such that no page can be made of it. @throws DeepError as `stat` and `read` do */
export async function sendContent(
  files: DavFiles,
  query: IContentQuery,
  reply: FastifyReply
): Promise<FastifyReply> {
  const entry = await files.stat(query.path);
  if (entry.type === 'folder') {
    throw new DeepError('invalid-request', `${query.path} is a folder.`);
  }
  const size = entry.sizeBytes ?? 0;
  const range = rangeIn(query.wantedRange, size);
  const { body, sizeBytes, etag } = await files.read(query.path, { range });
  const contentType = entry.contentType ?? typeOfName(entry.name);
  const guard = guardHeaders(contentType, entry.name);
  if (query.download === '1') {
    guard['content-disposition'] = guard['content-disposition'].replace(
      /^inline/,
      'attachment'
    );
  }
  reply
    .headers(guard)
    .header('content-length', sizeBytes)
    .header('accept-ranges', 'bytes');
  if (etag) {
    reply.header('etag', etag);
  }
  if (range) {
    reply
      .code(206)
      .header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
  }
  return reply.type(contentType).send(body);
}

/** One range only, as the servers have it; anything else is answered with the whole file (RFC 9110, 14.2). */
function rangeIn(
  header: string | undefined,
  size: number
): IByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || size === 0 || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [first, last] = [match[1], match[2]];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end =
    first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : undefined;
}

/** Answer with a folder as ZIP. @throws DeepError `storage-refused` where the server makes none */
export async function sendZip(
  accounts: StorageAccounts,
  account: string,
  folder: string,
  reply: FastifyReply
): Promise<FastifyReply> {
  const files = accounts.files(account);
  if (!files.can.zip) {
    throw new DeepError(
      'storage-refused',
      `${accounts.hostOf(account)} does not give folders as ZIP.`,
      { hint: 'Copy the folder to Jupyter instead.' }
    );
  }
  await files.stat(folder);
  const { body } = await files.readArchive(folder);
  const name = `${nameOf(folder) || accounts.get(account).id}.zip`;
  return reply
    .headers(guardHeaders('application/zip', name))
    .type('application/zip')
    .send(body);
}
