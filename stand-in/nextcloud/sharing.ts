import { randomBytes } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { segmentsOf } from './exchange.ts';
import type { OcsRoute } from './ocs.ts';
import { OcsError } from './ocs.ts';
import type { IParts } from './parts.ts';
import { ALL, GROUP, LINK, READ, SHARE, USER } from './shares.ts';
import type { IShare } from './shares.ts';
import { sum } from './tree.ts';
import { can, look, rootOf } from './view.ts';
import type { ISeen } from './view.ts';

const BASE = '/apps/files_sharing/api/v1';
const READ_ONLY_LINK = READ | SHARE;

type Fields = Record<string, string | undefined>;

/** Fields of a form or of JSON. */
async function fieldsOf(exchange: Exchange): Promise<Fields> {
  const text = await exchange.text();
  const isJson = exchange.header('content-type')?.includes('json');
  const given: object = isJson
    ? JSON.parse(text || '{}')
    : Object.fromEntries(new URLSearchParams(text));
  const strings = Object.entries(given).map(([name, value]) => [
    name,
    value === null || value === undefined ? undefined : String(value)
  ]);
  return {
    ...Object.fromEntries(exchange.query),
    ...Object.fromEntries(strings)
  };
}

function seenAt(parts: IParts, uid: string, path: string): ISeen {
  const segments = segmentsOf(
    path.split('/').map(encodeURIComponent).join('/')
  );
  const seen = look(parts, rootOf(parts, uid), segments);
  if (!seen) {
    throw new OcsError(404, 'Wrong path, file/folder does not exist');
  }
  return seen;
}

const hashOf = (password: string) =>
  `3|$argon2id$v=19$m=65536,t=4,p=1$${sum('sha256', Buffer.from(password))}`;

/** Where a user finds what a share is of. */
function pathFor(parts: IParts, share: IShare, uid: string): string {
  const mounted = share.names[uid];
  if (mounted) {
    return `/${mounted}`;
  }
  const node = parts.tree.node(share.node)!;
  const chain = parts.tree.chain(node).slice(0, -1).reverse();
  return `/${chain.map(each => each.name).join('/')}`;
}

/** As the real one tells it; that of a link holds the hash of its password, twice. */
function tell(parts: IParts, share: IShare, uid: string) {
  const node = parts.tree.node(share.node)!;
  const hash = share.password ? hashOf(share.password) : null;
  const isLink = share.type === LINK;
  const path = pathFor(parts, share, uid);
  const nameOf = (who: string) => parts.users.get(who)?.displayName ?? who;
  return {
    id: String(share.id),
    share_type: share.type,
    uid_owner: share.by,
    displayname_owner: nameOf(share.by),
    permissions: share.permissions,
    can_edit: share.by === uid,
    can_delete: share.by === uid,
    stime: share.createdS,
    parent: null,
    expiration: share.expireDate ? `${share.expireDate} 00:00:00` : null,
    token: share.token ?? null,
    uid_file_owner: node.owner,
    note: share.note,
    label: share.label,
    displayname_file_owner: nameOf(node.owner),
    path,
    item_type: node.isFolder ? 'folder' : 'file',
    mimetype: node.contentType ?? 'httpd/unix-directory',
    'has-preview': false,
    storage: 1,
    item_source: node.id,
    file_source: node.id,
    file_parent: node.parent,
    file_target: path,
    item_size: node.sizeBytes,
    item_mtime: node.modifiedS,
    share_with: isLink ? hash : (share.with ?? null),
    share_with_displayname: isLink ? '(Shared link)' : nameOf(share.with ?? ''),
    ...(isLink && {
      password: hash,
      send_password_by_talk: false,
      url: `${parts.url}/s/${share.token}`
    }),
    mail_send: 0,
    hide_download: 0
  };
}

function checkReceiver(parts: IParts, type: number, receiver?: string): void {
  const users = parts.users.all();
  if (type === USER && !users.some(each => each.uid === receiver)) {
    throw new OcsError(404, 'Please specify a valid account to share with');
  }
  if (type === GROUP && !users.some(each => each.groups.includes(receiver!))) {
    throw new OcsError(404, 'Please specify a valid group');
  }
}

async function create(parts: IParts, exchange: Exchange) {
  const { uid } = exchange.user!;
  const fields = await fieldsOf(exchange);
  if (!fields.path) {
    throw new OcsError(404, 'Please specify a file or folder path');
  }
  const seen = seenAt(parts, uid, fields.path);
  const type = Number(fields.shareType ?? -1);
  if (![USER, GROUP, LINK].includes(type)) {
    throw new OcsError(400, 'Unknown share type');
  }
  checkReceiver(parts, type, fields.shareWith);
  if (!can(seen, SHARE)) {
    throw new OcsError(404, 'You are not allowed to share this');
  }
  const wanted = Number(fields.permissions ?? (type === LINK ? READ : ALL));
  const share = parts.shares.add({
    type,
    node: seen.node.id,
    by: uid,
    with: type === LINK ? undefined : fields.shareWith,
    permissions: permissionsOf(type, seen, wanted),
    token: type === LINK ? randomBytes(8).toString('hex') : undefined,
    password: fields.password || undefined,
    expireDate: fields.expireDate,
    note: fields.note ?? '',
    label: fields.label ?? ''
  });
  return tell(parts, share, uid);
}

/** A link that only reads comes back as 17; files cannot be created in or deleted from. */
function permissionsOf(type: number, seen: ISeen, wanted: number): number {
  const asked = type === LINK && wanted === READ ? READ_ONLY_LINK : wanted;
  const most = seen.node.isFolder ? ALL : ALL & ~12;
  return asked & most & seen.permissions;
}

async function change(parts: IParts, exchange: Exchange, share: IShare) {
  const fields = await fieldsOf(exchange);
  const node = parts.tree.node(share.node)!;
  const seen = { node, segments: [], permissions: ALL, isMountPoint: false };
  const { permissions, password, expireDate, note, label } = fields;
  Object.assign(share, {
    ...(permissions && {
      permissions: permissionsOf(share.type, seen, Number(permissions))
    }),
    ...(password !== undefined && { password: password || undefined }),
    ...(expireDate !== undefined && { expireDate: expireDate || undefined }),
    ...(note !== undefined && { note }),
    ...(label !== undefined && { label })
  });
  parts.shares.save(share);
  return tell(parts, share, exchange.user!.uid);
}

function list(parts: IParts, exchange: Exchange) {
  const { uid } = exchange.user!;
  if (exchange.query.get('shared_with_me') === 'true') {
    return parts.shares.mounts(uid).map(({ share }) => tell(parts, share, uid));
  }
  const path = exchange.query.get('path');
  const mine = parts.shares.all().filter(each => each.by === uid);
  const node = path === null ? undefined : seenAt(parts, uid, path).node;
  return mine
    .filter(each => !node || each.node === node.id)
    .map(each => tell(parts, each, uid));
}

/** /apps/files_sharing/api/v1/shares[/<id>] */
const shares: OcsRoute = async (parts, exchange, path) => {
  const { method } = exchange;
  const id = path.slice(`${BASE}/shares`.length + 1);
  if (id === '') {
    return method === 'POST' ? create(parts, exchange) : list(parts, exchange);
  }
  const { uid } = exchange.user!;
  const share = parts.shares.get(Number(id));
  if (!share || (share.by !== uid && !share.names[uid])) {
    throw new OcsError(404, 'Wrong share ID, share does not exist');
  }
  if (method === 'GET') {
    return [tell(parts, share, uid)];
  }
  if (share.by !== uid) {
    throw new OcsError(403, 'Cannot change a share of somebody else');
  }
  if (method === 'DELETE') {
    parts.shares.remove(share);
    return [];
  }
  return change(parts, exchange, share);
};

const found = (label: string, shareType: number, shareWith: string) => ({
  label,
  value: { shareType, shareWith }
});

/** /apps/files_sharing/api/v1/sharees?search= */
const sharees: OcsRoute = ({ users }, exchange) => {
  const text = (exchange.query.get('search') ?? '').toLowerCase();
  const others = users.all().filter(each => each.uid !== exchange.user!.uid);
  const people = others.map(each => found(each.displayName, USER, each.uid));
  const groups = [...new Set(users.all().flatMap(each => each.groups))].map(
    each => found(each, GROUP, each)
  );
  const split = (all: typeof people) => ({
    exact: all.filter(each => each.label.toLowerCase() === text),
    loose: all.filter(
      each =>
        each.label.toLowerCase() !== text &&
        each.label.toLowerCase().includes(text)
    )
  });
  const [inUsers, inGroups] = [split(people), split(groups)];
  return {
    exact: {
      users: inUsers.exact,
      groups: inGroups.exact,
      remotes: [],
      emails: [],
      circles: []
    },
    users: inUsers.loose,
    groups: inGroups.loose,
    remotes: [],
    emails: [],
    circles: [],
    lookup: [],
    lookupEnabled: false
  };
};

export const SHARING_ROUTES: Record<string, OcsRoute> = {
  [`${BASE}/shares`]: shares,
  [`${BASE}/sharees`]: sharees
};
