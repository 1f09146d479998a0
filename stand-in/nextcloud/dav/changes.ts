import { segmentsOf } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import {
  badRequest,
  conflict,
  forbidden,
  notAllowed,
  preconditionFailed
} from '../failures.ts';
import type { IParts } from '../parts.ts';
import { CREATE, DELETE, UPDATE } from '../shares.ts';
import type { INode } from '../tree.ts';
import { can, find, look } from '../view.ts';
import type { ISeen } from '../view.ts';
import { findElement, parseXml } from '../xml.ts';
import { checkConditions, checkLock } from './conditions.ts';
import type { IDavRequest } from './context.ts';
import { hrefOf, responseXml, sendMultistatus } from './multistatus.ts';
import { checkName, checkQuota } from './put.ts';
import { intoTrash } from './trash.ts';

export function mkcol(asked: IDavRequest): void {
  const { parts, exchange, root, segments } = asked;
  if (look(parts, root, segments)) {
    throw notAllowed('The resource you tried to create already exists');
  }
  const parent = look(parts, root, segments.slice(0, -1));
  if (!parent) {
    throw conflict('Parent node does not exist');
  }
  checkName(segments.at(-1)!);
  if (!can(parent, CREATE)) {
    throw forbidden();
  }
  parts.tree.makeFolder(parent.node, segments.at(-1)!);
  exchange.send(201);
}

/** The path of `Destination` below the root that the request is about. @throws 400, 403 */
export function destinationOf(
  { exchange, parts }: { exchange: Exchange; parts: IParts },
  prefix: string
): string[] {
  const header = exchange.header('destination');
  if (!header) {
    throw badRequest('The destination header was not supplied');
  }
  const path = header.replace(/^https?:\/\/[^/]+/, '');
  const origin = /^https?:\/\/[^/]+/.exec(header)?.[0];
  if (origin && origin !== new URL(parts.url).origin) {
    throw forbidden(`Requested uri (${header}) is out of base uri`);
  }
  if (!path.startsWith(`${prefix}/`)) {
    throw forbidden(`Requested uri (${path}) is out of base uri`);
  }
  return segmentsOf(path.slice(prefix.length));
}

interface ITarget {
  parent: ISeen;
  name: string;
  there?: ISeen;
}

function targetOf(asked: IDavRequest): ITarget {
  const { parts, exchange, root } = asked;
  const segments = destinationOf(asked, asked.prefix);
  const parent = look(parts, root, segments.slice(0, -1));
  if (!parent?.node.isFolder) {
    throw conflict('The destination node is not found');
  }
  checkName(segments.at(-1)!);
  const there = look(parts, root, segments);
  if (there && exchange.header('overwrite')?.toUpperCase() === 'F') {
    throw preconditionFailed(
      'Overwrite',
      'The destination node already exists, and the overwrite header is set to false'
    );
  }
  if (!can(parent, CREATE)) {
    throw forbidden();
  }
  checkLock(parts, segments);
  return { parent, name: segments.at(-1)!, there };
}

const isInside = (parts: IParts, node: INode, folder: INode) =>
  parts.tree.chain(folder).some(each => each.id === node.id);

export function move(asked: IDavRequest): void {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  checkConditions(exchange, seen.node);
  checkLock(parts, asked.segments);
  const { parent, name, there } = targetOf(asked);
  if (isInside(parts, seen.node, parent.node)) {
    throw forbidden('Source and destination are the same or inside each other');
  }
  if (seen.isMountPoint) {
    seen.share!.names[exchange.user!.uid] = name;
    parts.shares.save(seen.share!);
  } else if (!can(seen, DELETE) && !can(seen, UPDATE)) {
    throw forbidden();
  } else {
    if (there && there.node.id !== seen.node.id) {
      parts.tree.remove(there.node);
    }
    parts.tree.move(seen.node, parent.node, name);
  }
  exchange.send(there ? 204 : 201, '', { etag: seen.node.etag });
}

export function copy(asked: IDavRequest): void {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  const { parent, name, there } = targetOf(asked);
  if (isInside(parts, seen.node, parent.node)) {
    throw conflict('The destination may not be part of the same subtree');
  }
  checkQuota(parts, parent.node.owner, seen.node.sizeBytes);
  if (there) {
    parts.tree.remove(there.node);
  }
  parts.tree.copy(seen.node, parent.node, name);
  exchange.send(there ? 204 : 201);
}

/** Into the trash of its owner; what somebody else shared is only let go. */
export function remove(asked: IDavRequest): void {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  checkConditions(exchange, seen.node);
  checkLock(parts, asked.segments);
  if (seen.isMountPoint) {
    seen.share!.names[exchange.user!.uid] = null;
    parts.shares.save(seen.share!);
    parts.tree.touch(asked.root.node, 0);
  } else if (!can(seen, DELETE) || asked.segments.length === 0) {
    throw forbidden();
  } else {
    intoTrash(parts, seen.node);
  }
  exchange.send(204);
}

/** Only `oc:favorite` and times are kept. */
export async function proppatch(asked: IDavRequest): Promise<void> {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  const body = parseXml(await exchange.text());
  const favourite = findElement(body, 'favorite');
  if (favourite) {
    seen.node.isFavourite = favourite.text.trim() === '1';
    parts.tree.save(seen.node);
  }
  const status = favourite ? '200 OK' : '403 Forbidden';
  sendMultistatus(exchange, [
    responseXml(
      hrefOf(asked.prefix, seen),
      `<d:propstat><d:prop>${favourite ? '<oc:favorite/>' : ''}</d:prop><d:status>HTTP/1.1 ${status}</d:status></d:propstat>`
    )
  ]);
}
