import { randomBytes } from 'node:crypto';
import { work } from '../pace.ts';
import type { IElement } from '../xml.ts';
import { findElement, parseXml } from '../xml.ts';
import { childrenOf, find } from '../view.ts';
import type { ISeen } from '../view.ts';
import type { IParts } from '../parts.ts';
import type { IDavRequest } from './context.ts';
import { sendHostileListing } from './hostile.ts';
import { hrefOf, responseXml, sendMultistatus } from './multistatus.ts';
import { describe } from './properties.ts';

const MAX_PAGES = 100;

/** Listings that are asked for in pages, by token. */
const pages = new Map<string, string[]>();

/** The names that a PROPFIND asks for; undefined for all. */
export function wantedNames(body: IElement | undefined): string[] | undefined {
  return findElement(body, 'prop')?.children.map(each => each.name);
}

function* withDepth(parts: IParts, seen: ISeen, depth: string) {
  yield seen;
  if (depth !== '0' && seen.node.isFolder) {
    for (const child of childrenOf(parts, seen)) {
      yield* depth === 'infinity' ? deep(parts, child) : [child];
    }
  }
}

function deep(parts: IParts, seen: ISeen): Generator<ISeen> {
  return withDepth(parts, seen, 'infinity');
}

export async function propfind(asked: IDavRequest): Promise<void> {
  const { parts, exchange } = asked;
  const names = wantedNames(parseXml(await exchange.text()));
  const seen = find(parts, asked.root, asked.segments);
  if (parts.switches.listing) {
    return sendHostileListing(asked, names);
  }
  const token = exchange.header('x-nc-paginate-token');
  const kept = token && pages.get(token);
  if (kept) {
    return sendPage(asked, kept, token);
  }
  const depth = exchange.header('depth') ?? 'infinity';
  const propstats = describe(names, parts);
  const responses = [...withDepth(parts, seen, depth)].map(each =>
    responseXml(hrefOf(asked.prefix, each), propstats(each))
  );
  await work((parts.pace?.entryMs ?? 0) * (responses.length - 1));
  return exchange.header('x-nc-paginate') === 'true'
    ? sendPage(asked, responses, keepPages(responses))
    : sendMultistatus(exchange, responses);
}

function keepPages(responses: string[]): string {
  const token = randomBytes(16).toString('hex');
  pages.set(token, responses);
  if (pages.size > MAX_PAGES) {
    pages.delete(pages.keys().next().value!);
  }
  return token;
}

function sendPage(asked: IDavRequest, responses: string[], token: string) {
  const offset = Number(asked.exchange.header('x-nc-paginate-offset') ?? 0);
  const count = Number(asked.exchange.header('x-nc-paginate-count') ?? 100);
  sendMultistatus(asked.exchange, responses.slice(offset, offset + count), {
    'x-nc-paginate': 'true',
    'x-nc-paginate-total': String(responses.length),
    'x-nc-paginate-token': token
  });
}
