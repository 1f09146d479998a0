import type { Exchange } from '../exchange.ts';
import { segmentsOf } from '../exchange.ts';
import {
  notAllowed,
  notAuthenticated,
  notFound,
  notImplemented
} from '../failures.ts';
import type { IParts } from '../parts.ts';
import { rootOf } from '../view.ts';
import { bulk } from './bulk.ts';
import { copy, mkcol, move, proppatch, remove } from './changes.ts';
import type { IDavRequest } from './context.ts';
import { get } from './get.ts';
import { responseXml, sendMultistatus } from './multistatus.ts';
import { propfind } from './propfind.ts';
import { put } from './put.ts';
import { report, search } from './search.ts';
import { trashbin } from './trash.ts';
import { uploads } from './uploads.ts';

const METHODS: Record<string, (asked: IDavRequest) => void | Promise<void>> = {
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  GET: get,
  HEAD: get,
  PUT: put,
  MKCOL: mkcol,
  MOVE: move,
  COPY: copy,
  DELETE: remove,
  REPORT: report
};

const ALLOWED = [...Object.keys(METHODS), 'OPTIONS', 'SEARCH'];

/** One request to the files below a root. */
export async function answerFiles(asked: IDavRequest): Promise<void> {
  const { method } = asked.exchange;
  if (method === 'LOCK' || method === 'UNLOCK') {
    throw notImplemented(
      `There was no handler in the system for this ${method} method`
    );
  }
  const answer = METHODS[method];
  if (!answer) {
    throw notAllowed(`${method} is not allowed here`);
  }
  await answer(asked);
}

/** A 207 that says nothing but that it is a folder: of other users' roots, and of what stands above the roots. */
function sendBare(exchange: Exchange): void {
  sendMultistatus(exchange, [
    responseXml(
      exchange.path,
      '<d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
    )
  ]);
}

function files(parts: IParts, exchange: Exchange, segments: string[]) {
  const { uid } = exchange.user!;
  const [of, ...below] = segments;
  if (of !== uid) {
    if (exchange.method === 'PROPFIND' && below.length === 0) {
      return sendBare(exchange);
    }
    throw notFound(`//${segments.join('/')}`);
  }
  return answerFiles({
    parts,
    exchange,
    root: rootOf(parts, uid),
    segments: below,
    prefix: `${parts.webroot}/remote.php/dav/files/${encodeURIComponent(uid)}`
  });
}

type Part = (
  parts: IParts,
  exchange: Exchange,
  segments: string[]
) => void | Promise<void>;

const PARTS: Record<string, Part> = { files, trashbin, uploads, bulk };

/** Everything below /remote.php/dav and /remote.php/webdav. */
export async function dav(parts: IParts, exchange: Exchange): Promise<void> {
  if (!exchange.user) {
    throw notAuthenticated(
      "No public access to this resource., No 'Authorization: Basic' header found. Either the client didn't send one, or the server is misconfigured"
    );
  }
  if (exchange.method === 'OPTIONS') {
    exchange.send(200, '', {
      allow: ALLOWED.join(', '),
      dav: '1, 3, extended-mkcol, access-control, nc-paginate'
    });
    return;
  }
  const [, kind, ...segments] = segmentsOf(exchange.path);
  if (kind === 'webdav') {
    return answerFiles({
      parts,
      exchange,
      root: rootOf(parts, exchange.user.uid),
      segments,
      prefix: `${parts.webroot}/remote.php/webdav`
    });
  }
  const [part, ...below] = segments;
  if (part === undefined && exchange.method === 'PROPFIND') {
    return sendBare(exchange);
  }
  if (exchange.method === 'SEARCH' && part === undefined) {
    return search(parts, exchange);
  }
  const answer = part === undefined ? undefined : PARTS[part];
  if (!answer) {
    throw notFound(`//${segments.join('/')}`);
  }
  await answer(parts, exchange, below);
}
