import type { Exchange } from '../exchange.ts';
import { locked, preconditionFailed } from '../failures.ts';
import type { IParts } from '../parts.ts';
import type { INode } from '../tree.ts';

const tags = (header: string) => header.split(',').map(each => each.trim());

/** `If-Match` and `If-None-Match` of a request that writes. @throws 412 */
export function checkConditions(
  exchange: Exchange,
  node: INode | undefined
): void {
  const ifMatch = exchange.header('if-match');
  if (ifMatch && !matches(ifMatch, node)) {
    throw preconditionFailed(
      'If-Match',
      node
        ? 'An If-Match header was specified, but none of the specified ETags matched.'
        : 'An If-Match header was specified and the resource did not exist'
    );
  }
  const ifNoneMatch = exchange.header('if-none-match');
  if (ifNoneMatch && matches(ifNoneMatch, node)) {
    throw preconditionFailed(
      'If-None-Match',
      'An If-None-Match header was specified, but the ETag matched (or * was specified).'
    );
  }
}

/** Whether a header names the ETag; weak ones never do. */
export const matches = (header: string, node: INode | undefined) =>
  Boolean(node) && (header.trim() === '*' || tags(header).includes(node!.etag));

/** @throws 423 */
export function checkLock(parts: IParts, segments: string[]): void {
  const path = segments.join('/');
  if (parts.switches.locked.includes(path)) {
    throw locked(`files/${path}`);
  }
}
