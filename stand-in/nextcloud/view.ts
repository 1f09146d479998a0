import { notFound } from './failures.ts';
import type { IParts } from './parts.ts';
import { ALL, CREATE, DELETE, READ, SHARE, UPDATE } from './shares.ts';
import type { IMount, IShare } from './shares.ts';
import type { INode } from './tree.ts';

/** A node as one user sees it. */
export interface ISeen {
  node: INode;
  /** Below the user's root. */
  segments: string[];
  /** Bits of shares. */
  permissions: number;
  /** The share it comes by, where it is somebody else's. */
  share?: IShare;
  isMountPoint: boolean;
}

/** The root of a user's files, or of a link's. */
export function rootOf(parts: IParts, uid: string): ISeen {
  const node = parts.tree.root('files', uid);
  return { node, segments: [], permissions: ALL, isMountPoint: false };
}

/** What a folder contains, with what others share into a root. */
export function childrenOf(parts: IParts, folder: ISeen): ISeen[] {
  const own = parts.tree.children(folder.node.id).map(node => ({
    ...folder,
    node,
    segments: [...folder.segments, node.name],
    isMountPoint: false
  }));
  return folder.segments.length === 0 && !folder.share
    ? [...own, ...mountsOf(parts, folder.node.owner)]
    : own;
}

export const mountsOf = (parts: IParts, uid: string): ISeen[] =>
  parts.shares.mounts(uid).map(seenOf);

const seenOf = ({ name, share, node }: IMount): ISeen => ({
  node,
  share,
  segments: [name],
  permissions: share.permissions,
  isMountPoint: true
});

function childOf(parts: IParts, folder: ISeen, name: string) {
  const node = parts.tree.child(folder.node.id, name);
  if (node) {
    const segments = [...folder.segments, name];
    return { ...folder, node, segments, isMountPoint: false };
  }
  const mount =
    folder.segments.length === 0 && !folder.share
      ? parts.shares.mount(folder.node.owner, name)
      : undefined;
  return mount && seenOf(mount);
}

/** What lies at a path below a root. */
export function look(
  parts: IParts,
  root: ISeen,
  segments: string[]
): ISeen | undefined {
  let seen: ISeen | undefined = root;
  for (const name of segments) {
    seen = seen && childOf(parts, seen, name);
  }
  return seen;
}

/** @throws 404 */
export function find(parts: IParts, root: ISeen, segments: string[]): ISeen {
  const seen = look(parts, root, segments);
  if (!seen) {
    throw notFound(`//${segments.join('/')}`);
  }
  return seen;
}

export const can = (seen: ISeen, bit: number) => (seen.permissions & bit) !== 0;

/** Nextcloud's letters: `RGDNVW`. */
export function lettersOf(seen: ISeen): string {
  const { node, isMountPoint } = seen;
  const says = (is: boolean, letters: string) => (is ? letters : '');
  return [
    says(Boolean(seen.share), 'S'),
    says(can(seen, SHARE), 'R'),
    says(can(seen, READ), 'G'),
    says(can(seen, DELETE) || isMountPoint, 'D'),
    says(can(seen, UPDATE) || isMountPoint, 'NV'),
    says(!node.isFolder && can(seen, UPDATE), 'W'),
    says(node.isFolder && can(seen, CREATE), 'CK')
  ].join('');
}
