import { segmentsOf } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { badRequest } from '../failures.ts';
import type { IParts } from '../parts.ts';
import type { ISeen } from '../view.ts';
import { childrenOf, find, rootOf } from '../view.ts';
import type { IElement } from '../xml.ts';
import { findElement, parseXml } from '../xml.ts';
import type { IDavRequest } from './context.ts';
import { hrefOf, responseXml, sendMultistatus } from './multistatus.ts';
import { wantedNames } from './propfind.ts';
import { describe } from './properties.ts';
import { filesPrefix } from './uploads.ts';

function* everythingBelow(parts: IParts, folder: ISeen): Generator<ISeen> {
  for (const child of childrenOf(parts, folder)) {
    yield child;
    if (child.node.isFolder) {
      yield* everythingBelow(parts, child);
    }
  }
}

/** `%leaf%`, as SQL reads it, in whatever case. */
function likePattern(literal: string): RegExp {
  const escaped = literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = escaped.replace(/%/g, '.*').replace(/_/g, '.');
  return new RegExp(`^${pattern}$`, 'iu');
}

function send(
  parts: IParts,
  exchange: Exchange,
  body: IElement | undefined,
  found: ISeen[]
): void {
  const propstats = describe(wantedNames(body), parts);
  const prefix = filesPrefix(parts, exchange);
  sendMultistatus(
    exchange,
    found.map(each => responseXml(hrefOf(prefix, each), propstats(each)))
  );
}

/** SEARCH with `basicsearch`: a `like` of the name below a scope, so many at most. */
export async function search(parts: IParts, exchange: Exchange) {
  const body = parseXml(await exchange.text());
  const href = findElement(findElement(body, 'scope'), 'href')?.text.trim();
  const like = findElement(findElement(body, 'where'), 'literal')?.text;
  if (!body?.name.endsWith('}searchrequest') || !href || like === undefined) {
    throw badRequest('Unexpected search query');
  }
  const [, uid, ...below] = segmentsOf(href);
  if (uid !== exchange.user!.uid) {
    throw badRequest('Invalid scope');
  }
  const folder = find(parts, rootOf(parts, uid), below);
  const most = Number(findElement(body, 'nresults')?.text ?? Infinity);
  const pattern = likePattern(like);
  const found = [...everythingBelow(parts, folder)].filter(each =>
    pattern.test(each.segments.at(-1)!)
  );
  send(parts, exchange, body, found.slice(0, most));
}

/** REPORT `oc:filter-files`: favourites. */
export async function report(asked: IDavRequest): Promise<void> {
  const { parts, exchange } = asked;
  const body = parseXml(await exchange.text());
  const isAsked = findElement(findElement(body, 'filter-rules'), 'favorite');
  if (isAsked?.text.trim() !== '1') {
    throw badRequest('Only favourites can be filtered here');
  }
  const folder = find(parts, asked.root, asked.segments);
  const found = [...everythingBelow(parts, folder)].filter(
    each => each.node.isFavourite
  );
  send(parts, exchange, body, found);
}
