import { encodePath } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { forbidden, notAllowed, notFound } from '../failures.ts';
import type { IParts } from '../parts.ts';
import { ALL } from '../shares.ts';
import type { INode } from '../tree.ts';
import type { ISeen } from '../view.ts';
import { parseXml } from '../xml.ts';
import { destinationOf } from './changes.ts';
import { responseXml, sendMultistatus } from './multistatus.ts';
import { wantedNames } from './propfind.ts';
import { describe } from './properties.ts';

/** Move a node to its owner's trash: `leaf.jpg.d1763900000`. */
export function intoTrash(parts: IParts, node: INode): void {
  const { tree } = parts;
  const trash = tree.root('trash', node.owner);
  const above = tree.chain(node).slice(0, -1).reverse();
  let deletedS = Math.floor(Date.now() / 1000);
  while (tree.child(trash.id, `${node.name}.d${deletedS}`)) {
    deletedS++;
  }
  const originalLocation = above.map(each => each.name).join('/');
  tree.move(node, trash, `${node.name}.d${deletedS}`);
  node.trash = { originalLocation, deletedS };
  tree.save(node);
}

const seenOf = (node: INode): ISeen => ({
  node,
  segments: [node.name],
  permissions: ALL,
  isMountPoint: false
});

/** /trashbin/<uid>/trash and /trashbin/<uid>/restore. */
export async function trashbin(
  parts: IParts,
  exchange: Exchange,
  segments: string[]
): Promise<void> {
  const [uid, part, name, ...rest] = segments;
  if (uid !== exchange.user!.uid) {
    throw forbidden();
  }
  if (part !== 'trash' || rest.length > 0) {
    throw notFound(`//${segments.join('/')}`);
  }
  const trash = parts.tree.root('trash', uid);
  const node = name === undefined ? trash : parts.tree.child(trash.id, name);
  if (!node) {
    throw notFound(`//${segments.join('/')}`);
  }
  const answer = { PROPFIND: list, DELETE: empty, MOVE: restore }[
    exchange.method
  ];
  if (!answer) {
    throw notAllowed(`${exchange.method} is not allowed in the trash`);
  }
  await answer(parts, exchange, node);
}

async function list(parts: IParts, exchange: Exchange, node: INode) {
  const { uid } = exchange.user!;
  const names = wantedNames(parseXml(await exchange.text()));
  const prefix = `${parts.webroot}/remote.php/dav/trashbin/${encodeURIComponent(uid)}/trash`;
  const inside =
    exchange.header('depth') === '0' ? [] : parts.tree.children(node.id);
  const propstats = describe(names, parts);
  const isTop = node.id === parts.tree.root('trash', uid).id;
  const here = isTop ? [] : [node.name];
  const at = (each: INode, path: string[]) =>
    responseXml(
      `${prefix}${encodePath(path)}${each.isFolder ? '/' : ''}`,
      propstats(seenOf(each))
    );
  sendMultistatus(exchange, [
    at(node, here),
    ...inside.map(each => at(each, [...here, each.name]))
  ]);
}

/** One, or, asked for the collection, all. */
function empty(parts: IParts, exchange: Exchange, node: INode): void {
  const isAll = node.id === parts.tree.root('trash', node.owner).id;
  const gone = isAll ? parts.tree.children(node.id) : [node];
  gone.forEach(each => parts.tree.remove(each));
  exchange.send(204);
}

/** Back to where it was; where that folder is gone, to the root; where something is in its place, beside it. */
function restore(parts: IParts, exchange: Exchange, node: INode): void {
  const { uid } = exchange.user!;
  const prefix = `${parts.webroot}/remote.php/dav/trashbin/${encodeURIComponent(uid)}`;
  const [first] = destinationOf({ exchange, parts }, prefix);
  if (first !== 'restore' || !node.trash) {
    throw forbidden();
  }
  const path = node.trash.originalLocation.split('/');
  const parent = folderAt(parts, uid, path.slice(0, -1));
  const free = freeName(parts, parent, path.at(-1)!);
  node.trash = undefined;
  parts.tree.move(node, parent, free);
  exchange.send(201);
}

/** The folder at a path, or the root where there is none. */
function folderAt({ tree }: IParts, uid: string, path: string[]): INode {
  const home = tree.root('files', uid);
  let folder: INode | undefined = home;
  for (const name of path) {
    folder = folder && tree.child(folder.id, name);
  }
  return folder?.isFolder ? folder : home;
}

function freeName({ tree }: IParts, parent: INode, name: string): string {
  const [, stem, ending = ''] = /^(.+?)(\.[^.]+)?$/.exec(name)!;
  let free = name;
  for (let n = 1; tree.child(parent.id, free); n++) {
    free = `${stem} (restored${n > 1 ? ` ${n}` : ''})${ending}`;
  }
  return free;
}
