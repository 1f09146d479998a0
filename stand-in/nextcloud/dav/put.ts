import type { Exchange } from '../exchange.ts';
import {
  forbidden,
  insufficientStorage,
  invalidPath,
  notFound
} from '../failures.ts';
import type { IParts } from '../parts.ts';
import { CREATE, UPDATE } from '../shares.ts';
import type { IContent, INode } from '../tree.ts';
import type { ISeen } from '../view.ts';
import { can, look } from '../view.ts';
import { checkConditions, checkLock } from './conditions.ts';
import type { IDavRequest } from './context.ts';
import { ocId } from './context.ts';
import { availableBytes } from './properties.ts';
import { receive, sumOfFile } from './receive.ts';

const MAX_NAME_LETTERS = 250;
const SUMS = ['md5', 'sha1', 'sha256'];

/** @throws 400 */
export function checkName(name: string): void {
  if (name === '.htaccess') {
    throw invalidPath('"files/.htaccess" is a forbidden file or folder name.');
  }
  if (name.length > MAX_NAME_LETTERS) {
    throw invalidPath('File name is too long');
  }
}

/** @throws 507 */
export function checkQuota(parts: IParts, uid: string, needed: number): void {
  const available = availableBytes(parts, uid);
  if (available >= 0 && needed > available) {
    throw insufficientStorage(needed, available);
  }
}

/** The folder that a path would lie in; with Auto-Mkcol it is made. @throws 404 */
export function parentOf(asked: IDavRequest, mayMake: boolean): ISeen {
  const { parts, root } = asked;
  const above = asked.segments.slice(0, -1);
  for (let depth = 1; mayMake && depth <= above.length; depth++) {
    const segments = above.slice(0, depth);
    const parent = look(parts, root, segments.slice(0, -1))!;
    if (!look(parts, root, segments)) {
      parts.tree.makeFolder(parent.node, segments.at(-1)!);
    }
  }
  const parent = look(parts, root, above);
  if (!parent?.node.isFolder) {
    throw notFound(`//${above.join('/')}`);
  }
  return parent;
}

/** Whether a file may be written there. @throws 403, 412, 423 */
export function checkWrite(asked: IDavRequest, parent: ISeen): void {
  const { parts, exchange, root, segments } = asked;
  const there = look(parts, root, segments);
  if (there ? !can(there, UPDATE) : !can(parent, CREATE)) {
    throw forbidden();
  }
  if (there?.node.isFolder) {
    throw forbidden('PUT is not allowed on non-files.');
  }
  checkConditions(exchange, there?.node);
  checkLock(parts, segments);
}

/** `X-OC-MTime` and `OC-Checksum`, as they are: nobody verifies the sum. */
export function announced(
  exchange: Exchange
): Pick<IContent, 'modifiedS' | 'checksum'> {
  const modified = exchange.header('x-oc-mtime');
  return {
    modifiedS: modified === undefined ? undefined : Number(modified),
    checksum: exchange.header('oc-checksum')
  };
}

export const writtenHeaders = (exchange: Exchange, node: INode) => ({
  etag: node.etag,
  'oc-etag': node.etag,
  'oc-fileid': ocId(node.id),
  ...(exchange.header('x-oc-mtime') && { 'x-oc-mtime': 'accepted' })
});

/** The file that a share or the user's own folder names. */
export function place(
  asked: IDavRequest,
  parent: ISeen,
  content: IContent
): { node: INode; isNew: boolean } {
  const there = look(asked.parts, asked.root, asked.segments);
  const folder = there
    ? asked.parts.tree.node(there.node.parent)!
    : parent.node;
  const name = there?.node.name ?? asked.segments.at(-1)!;
  const node = asked.parts.tree.put(folder, name, content);
  return { node, isNew: !there };
}

async function hashHeader({ parts, exchange }: IDavRequest, node: INode) {
  const algorithm = exchange.header('x-hash')?.toLowerCase() ?? '';
  if (!SUMS.includes(algorithm)) {
    return {};
  }
  const true_ = await sumOfFile(algorithm, parts.tree.bytesFile(node));
  const told = parts.switches.wrongHash ? true_.replace(/./g, '0') : true_;
  return { [`x-hash-${algorithm}`]: told };
}

export async function put(asked: IDavRequest): Promise<void> {
  const { parts, exchange, segments } = asked;
  checkName(segments.at(-1) ?? '');
  const mayMake = exchange.header('x-nc-webdav-auto-mkcol') === '1';
  const parent = parentOf(asked, mayMake);
  checkWrite(asked, parent);
  const length = Number(exchange.header('content-length') ?? 0);
  const former = look(parts, asked.root, segments)?.node.sizeBytes ?? 0;
  checkQuota(parts, parent.node.owner, length - former);
  const file = parts.tree.temporaryFile();
  const sizeBytes = await receive(parts, exchange, file);
  checkWrite(asked, parent);
  const content = { file, sizeBytes, ...announced(exchange) };
  const { node, isNew } = place(asked, parent, content);
  exchange.send(isNew ? 201 : 204, '', {
    ...writtenHeaders(exchange, node),
    ...(await hashHeader(asked, node))
  });
}
