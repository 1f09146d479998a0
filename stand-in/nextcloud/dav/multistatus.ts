import type { Exchange } from '../exchange.ts';
import { encodePath } from '../exchange.ts';
import type { ISeen } from '../view.ts';
import { PREFIXES } from './properties.ts';

const NAMESPACES = Object.entries(PREFIXES)
  .map(([namespace, prefix]) => `xmlns:${prefix}="${namespace}"`)
  .join(' ');
const START = `<?xml version="1.0"?>\n<d:multistatus ${NAMESPACES}>`;

/** Where a node is, as servers write it: folders with a slash at the end. */
export const hrefOf = (prefix: string, seen: ISeen) =>
  `${prefix}${encodePath(seen.segments)}${seen.node.isFolder ? '/' : ''}`;

export const responseXml = (href: string, propstats: string) =>
  `<d:response><d:href>${href}</d:href>${propstats}</d:response>`;

/** 207 with so many responses. */
export function sendMultistatus(
  exchange: Exchange,
  responses: string[],
  headers: Record<string, string> = {}
): void {
  exchange.sendXml(207, `${START}${responses.join('')}</d:multistatus>\n`, {
    dav: '1, 3, extended-mkcol, access-control, nc-paginate, nextcloud-checksum-update',
    ...headers
  });
}

/** 207 with whatever stands inside, for what a hostile server sends. */
export function sendHostile(
  exchange: Exchange,
  doctype: string,
  inside: string
) {
  exchange.sendXml(
    207,
    `<?xml version="1.0"?>\n${doctype}<d:multistatus ${NAMESPACES}>${inside}</d:multistatus>\n`
  );
}
