import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { DavError, preconditionFailed } from '../failures.ts';
import type { INode } from '../tree.ts';
import { find } from '../view.ts';
import { matches } from './conditions.ts';
import type { IDavRequest } from './context.ts';
import { ocId } from './context.ts';
import { asksForZip, sendZip } from './zip.ts';

interface IRange {
  start: number;
  /** Inclusive, as in HTTP. */
  end: number;
}

const NOT_SATISFIABLE = 'Sabre\\DAV\\Exception\\RequestedRangeNotSatisfiable';

/** One range; several are ignored, as the real server does. @throws 416 */
function rangeOf(header: string | undefined, size: number): IRange | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) {
    return undefined;
  }
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Number(to);
  if (start >= size || end < start) {
    throw new DavError(
      416,
      NOT_SATISFIABLE,
      'The start offset exceeds the size'
    );
  }
  return { start, end: Math.min(end, size - 1) };
}

const headersOf = (node: INode) => ({
  'content-type': node.contentType!,
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(node.name)}`,
  'content-security-policy': "default-src 'none';",
  'last-modified': new Date(node.modifiedS * 1000).toUTCString(),
  etag: node.etag,
  'oc-etag': node.etag,
  'oc-fileid': ocId(node.id),
  'accept-ranges': 'bytes',
  ...(node.checksum && { 'oc-checksum': node.checksum })
});

/** GET and HEAD. */
export async function get(asked: IDavRequest): Promise<void> {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  const { node } = seen;
  if (node.isFolder) {
    return asksForZip(exchange) ? sendZip(asked, seen) : sendNoFolder(asked);
  }
  const ifMatch = exchange.header('if-match');
  if (ifMatch && !matches(ifMatch, node)) {
    throw preconditionFailed(
      'If-Match',
      'An If-Match header was specified, but none of the specified ETags matched.'
    );
  }
  if (matches(exchange.header('if-none-match') ?? '', node)) {
    exchange.response.writeHead(304, { etag: node.etag }).end();
    return undefined;
  }
  return sendFile(asked, node);
}

/** The real one answers 200 with this sentence too. */
function sendNoFolder({ exchange }: IDavRequest): void {
  exchange.send(
    200,
    'This is the WebDAV interface. It can only be accessed by WebDAV clients such as the Nextcloud desktop sync client.',
    { 'content-type': 'text/html; charset=UTF-8' }
  );
}

export async function sendFile(
  { parts, exchange }: Pick<IDavRequest, 'parts' | 'exchange'>,
  node: INode
): Promise<void> {
  const ifRange = exchange.header('if-range');
  const header =
    ifRange && ifRange !== node.etag ? '' : exchange.header('range');
  const range = rangeOf(header, node.sizeBytes);
  const bytes = range ? range.end - range.start + 1 : node.sizeBytes;
  exchange.response.writeHead(range ? 206 : 200, {
    ...headersOf(node),
    'content-length': bytes,
    ...(range && {
      'content-range': `bytes ${range.start}-${range.end}/${node.sizeBytes}`
    })
  });
  if (exchange.method === 'HEAD' || bytes === 0) {
    exchange.response.end();
    return;
  }
  await pipeline(
    createReadStream(parts.tree.bytesFile(node), {
      ...range,
      highWaterMark: 1 << 20
    }),
    exchange.response
  );
}
