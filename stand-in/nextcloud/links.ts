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
/** As it was before version 29: the token is the name of a user. */
const OLD_PUBLIC = /^\/public\.php\/webdav(\/|$)/;
const DIRECT = /^\/remote\.php\/direct\//;
const DAY_S = 86_400;
const DEFAULT_S = 8 * 3600;

/** Direct links that live, by token. */
const directs = new Map<string, { node: number; untilMs: number }>();

/** Until the end of the day that it names. */
const isExpired = ({ expireDate }: IShare): boolean =>
  expireDate !== undefined &&
  Date.parse(`${expireDate.slice(0, 10)}T23:59:59Z`) < Date.now();

const linkOf = (parts: IParts, token: string) =>
  parts.shares
    .all()
    .find(
      each => each.type === LINK && each.token === token && !isExpired(each)
    );

/** What stands in the header of a login. */
function credentialsOf(exchange: Exchange): { user: string; password: string } {
  const given = exchange.header('authorization') ?? '';
  const text = Buffer.from(given.replace(/^Basic /i, ''), 'base64').toString();
  const [user = '', ...password] = text.split(':');
  return { user, password: password.join(':') };
}

const REFUSED = 'Cannot authenticate over ajax calls';

async function publicFiles(parts: IParts, exchange: Exchange): Promise<void> {
  const [, , , token, ...segments] = segmentsOf(exchange.path);
  const share = linkOf(parts, token ?? '');
  const { user, password } = credentialsOf(exchange);
  if (!share || parts.tree.node(share.node)?.trash) {
    throw notFound(`//${token}`);
  }
  if (share.password && (user !== 'anonymous' || password !== share.password)) {
    throw notAuthenticated(REFUSED);
  }
  await answerLink(parts, exchange, share, segments, `dav/files/${token}`);
}

/** A token that is none is answered as a wrong password is. */
async function oldPublicFiles(
  parts: IParts,
  exchange: Exchange
): Promise<void> {
  const [, , ...segments] = segmentsOf(exchange.path);
  const { user, password } = credentialsOf(exchange);
  const share = linkOf(parts, user);
  if (!share || (share.password ?? '') !== password) {
    throw notAuthenticated(REFUSED);
  }
  await answerLink(parts, exchange, share, segments, 'webdav');
}

async function answerLink(
  parts: IParts,
  exchange: Exchange,
  share: IShare,
  segments: string[],
  below: string
): Promise<void> {
  const node = parts.tree.node(share.node);
  if (!node || node.trash) {
    throw notFound(`//${segments.join('/')}`);
  }
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
    prefix: `${parts.webroot}/public.php/${below}`
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
    ? `${exchange.base()}/s/${token}/authenticate/showShare`
    : `${exchange.base()}/public.php/dav/files/${token}`;
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
    await (parts.switches.oldLinks
      ? exchange.send(404, 'Not found')
      : publicFiles(parts, exchange));
  } else if (OLD_PUBLIC.test(path)) {
    await oldPublicFiles(parts, exchange);
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
  return { url: `${exchange.base()}/remote.php/direct/${token}` };
};
