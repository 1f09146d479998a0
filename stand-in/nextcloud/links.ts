import { randomBytes } from 'node:crypto';
import { answerFiles } from './dav/routes.ts';
import { sendFile } from './dav/get.ts';
import type { Exchange } from './exchange.ts';
import { segmentsOf } from './exchange.ts';
import { notAuthenticated, notFound } from './failures.ts';
import type { OcsRoute } from './ocs.ts';
import { OcsError } from './ocs.ts';
import type { IParts } from './parts.ts';
import { LINK } from './shares.ts';
import type { IShare } from './shares.ts';

const PUBLIC = /^\/public\.php\/dav\/files\//;
const DIRECT = /^\/remote\.php\/direct\//;
const DAY_S = 86_400;
const DEFAULT_S = 8 * 3600;

/** Direct links that live, by token. */
const directs = new Map<string, { node: number; untilMs: number }>();

const linkOf = (parts: IParts, token: string) =>
  parts.shares.all().find(each => each.type === LINK && each.token === token);

/** @throws 401 */
function checkPassword(exchange: Exchange, { password }: IShare): void {
  const given = exchange.header('authorization') ?? '';
  const wanted = `Basic ${Buffer.from(`anonymous:${password}`).toString('base64')}`;
  if (password && given !== wanted) {
    throw notAuthenticated('Cannot authenticate over ajax calls');
  }
}

async function publicFiles(parts: IParts, exchange: Exchange): Promise<void> {
  const [, , , token, ...segments] = segmentsOf(exchange.path);
  const share = linkOf(parts, token ?? '');
  const node = share && parts.tree.node(share.node);
  if (!share || !node || node.trash) {
    throw notFound(`//${token}`);
  }
  checkPassword(exchange, share);
  await answerFiles({
    parts,
    exchange,
    root: {
      node,
      segments: [],
      permissions: share.permissions,
      share,
      isMountPoint: false
    },
    segments,
    prefix: `${parts.webroot}/public.php/dav/files/${token}`
  });
}

async function direct(parts: IParts, exchange: Exchange): Promise<void> {
  const found = directs.get(exchange.path.split('/').at(-1)!);
  const node = found && parts.tree.node(found.node);
  if (!node || found.untilMs < Date.now()) {
    throw notFound(exchange.path);
  }
  await sendFile({ parts, exchange }, node);
}

/** A link's page: to the file, or to a login where there is a password. */
function page(parts: IParts, exchange: Exchange): void {
  const [, token, what] = segmentsOf(exchange.path);
  const share = linkOf(parts, token ?? '');
  if (!share) {
    throw notFound(exchange.path);
  }
  const location = share.password
    ? `${parts.url}/s/${token}/authenticate/showShare`
    : `${parts.url}/public.php/dav/files/${token}`;
  if (what === 'download' || share.password) {
    exchange.send(303, '', { location });
  } else {
    exchange.send(200, '<!doctype html><title>Shared by a stand-in</title>', {
      'content-type': 'text/html; charset=UTF-8'
    });
  }
}

/** What needs no login: link data, link pages, direct links. False for other paths. */
export async function links(
  parts: IParts,
  exchange: Exchange
): Promise<boolean> {
  const { path } = exchange;
  if (PUBLIC.test(path)) {
    await publicFiles(parts, exchange);
  } else if (DIRECT.test(path)) {
    await direct(parts, exchange);
  } else if (path.startsWith('/s/')) {
    page(parts, exchange);
  } else {
    return false;
  }
  return true;
}

/** POST /apps/dav/api/v1/direct: a file without credentials, for a while. */
export const directLink: OcsRoute = async (parts, exchange) => {
  const text = await exchange.text();
  const fields = text.startsWith('{')
    ? JSON.parse(text)
    : Object.fromEntries(new URLSearchParams(text));
  const node = parts.tree.node(Number(fields.fileId));
  const lifeS = Number(fields.expirationTime ?? DEFAULT_S);
  if (!node || node.isFolder || node.owner !== exchange.user!.uid) {
    throw new OcsError(404, 'File not found');
  }
  if (!(lifeS >= 1 && lifeS <= DAY_S)) {
    throw new OcsError(400, 'Expiration time should be between 1 s and 24 h');
  }
  const token = randomBytes(30).toString('hex');
  directs.set(token, { node: node.id, untilMs: Date.now() + lifeS * 1000 });
  return { url: `${parts.url}/remote.php/direct/${token}` };
};
