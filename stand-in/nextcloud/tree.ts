import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Journal, Table } from './journal.ts';

/** A file or folder. Bytes lie in the folder of blobs under `blob`. */
export interface INode {
  id: number;
  parent: number;
  name: string;
  isFolder: boolean;
  /** Of a folder: all that is below it. */
  sizeBytes: number;
  modifiedS: number;
  createdS: number;
  uploadedS: number;
  /** With its quotes. */
  etag: string;
  /** User id. */
  owner: string;
  blob?: string;
  contentType?: string;
  /** As the client gave it; nobody looks whether it is true. */
  checksum?: string;
  isFavourite?: boolean;
  trash?: { originalLocation: string; deletedS: number };
}

/** What a write brings. */
export interface IContent {
  /** A file that becomes the node's bytes. */
  file: string;
  sizeBytes: number;
  modifiedS?: number;
  checksum?: string;
}

export type Root = 'files' | 'trash';

const nowS = () => Math.floor(Date.now() / 1000);
const newEtag = () => `"${randomBytes(16).toString('hex')}"`;

/** All files of all users, with ETags and sizes that change up to the root. */
export class FileTree {
  constructor(journal: Journal, folder: string) {
    this._nodes = journal.table<INode>('nodes');
    this._blobs = path.join(folder, 'blobs');
    mkdirSync(this._blobs, { recursive: true });
    for (const node of this._nodes.values()) {
      this._index(node);
      this._lastId = Math.max(this._lastId, node.id);
    }
  }

  /** Called with each node whose ETag changed. */
  onTouched: (node: INode) => void = () => undefined;

  node(id: number): INode | undefined {
    return this._nodes.get(id);
  }

  root(kind: Root, user: string): INode {
    const name = `${kind}:${user}`;
    return this.child(0, name) ?? this._add(0, name, true, user);
  }

  child(parent: number, name: string): INode | undefined {
    const id = this._children.get(parent)?.get(name);
    return id === undefined ? undefined : this._nodes.get(id);
  }

  children(parent: number): INode[] {
    const ids = [...(this._children.get(parent)?.values() ?? [])];
    return ids.map(id => this._nodes.get(id)!);
  }

  /** The node and all above it, the node first. */
  chain(node: INode): INode[] {
    const nodes = [node];
    for (let each = node; each.parent;) {
      each = this._nodes.get(each.parent)!;
      nodes.push(each);
    }
    return nodes;
  }

  /** Everything below, parents first. */
  *below(node: INode): Generator<INode> {
    for (const child of this.children(node.id)) {
      yield child;
      yield* this.below(child);
    }
  }

  bytesFile(node: INode): string {
    return path.join(this._blobs, node.blob!);
  }

  /** Where bytes lie while they come. */
  temporaryFile(): string {
    return path.join(this._blobs, `coming-${randomBytes(8).toString('hex')}`);
  }

  makeFolder(parent: INode, name: string): INode {
    const folder = this._add(parent.id, name, true, parent.owner);
    this.touch(parent, 0);
    return folder;
  }

  /** Make or replace a file; it takes the bytes' file away. */
  put(parent: INode, name: string, content: IContent): INode {
    const blob = randomBytes(12).toString('hex');
    // First of all: of an upload that was cut the bytes may be gone, and then nothing changes.
    renameSync(content.file, path.join(this._blobs, blob));
    const node =
      this.child(parent.id, name) ??
      this._add(parent.id, name, false, parent.owner);
    const { blob: former, sizeBytes: formerBytes } = node;
    node.blob = blob;
    node.sizeBytes = content.sizeBytes;
    node.modifiedS = content.modifiedS ?? nowS();
    node.uploadedS = nowS();
    node.checksum = content.checksum;
    node.contentType = contentType(name);
    node.etag = newEtag();
    this._nodes.set(node.id, node);
    this.touch(parent, node.sizeBytes - formerBytes);
    this._removeBlob(former);
    return node;
  }

  move(node: INode, parent: INode, name: string): void {
    const former = this._nodes.get(node.parent)!;
    this._children.get(former.id)!.delete(node.name);
    node.parent = parent.id;
    node.name = name;
    this._own(node, parent.owner);
    this._index(node);
    this._nodes.set(node.id, node);
    this.touch(former, -node.sizeBytes);
    this.touch(parent, node.sizeBytes);
  }

  copy(node: INode, parent: INode, name: string): INode {
    if (!node.isFolder) {
      const file = this.temporaryFile();
      copyFileSync(this.bytesFile(node), file);
      const { sizeBytes, modifiedS, checksum } = node;
      return this.put(parent, name, { file, sizeBytes, modifiedS, checksum });
    }
    const children = this.children(node.id);
    const folder = this.makeFolder(parent, name);
    children.forEach(child => this.copy(child, folder, child.name));
    return folder;
  }

  remove(node: INode): void {
    const parent = this._nodes.get(node.parent);
    for (const each of [...this.below(node), node]) {
      this._nodes.delete(each.id);
      this._children.delete(each.id);
      this._removeBlob(each.blob);
    }
    this._children.get(node.parent)?.delete(node.name);
    if (parent) {
      this.touch(parent, -node.sizeBytes);
    }
  }

  /** Keep changed fields. */
  save(node: INode): void {
    this._nodes.set(node.id, node);
  }

  /** New ETags from the node up to its root; `difference` is added to the sizes. */
  touch(node: INode, difference: number): void {
    for (const each of this.chain(node)) {
      each.etag = newEtag();
      each.sizeBytes += difference;
      each.modifiedS = each.isFolder ? nowS() : each.modifiedS;
      this._nodes.set(each.id, each);
      this.onTouched(each);
    }
  }

  private _add(parent: number, name: string, isFolder: boolean, owner: string) {
    const now = nowS();
    const node: INode = {
      id: ++this._lastId,
      parent,
      name,
      isFolder,
      sizeBytes: 0,
      modifiedS: now,
      createdS: now,
      uploadedS: now,
      etag: newEtag(),
      owner
    };
    this._index(node);
    return this._nodes.set(node.id, node);
  }

  private _own(node: INode, owner: string): void {
    if (node.owner !== owner) {
      for (const each of [node, ...this.below(node)]) {
        each.owner = owner;
        this._nodes.set(each.id, each);
      }
    }
  }

  private _index(node: INode): void {
    const names = this._children.get(node.parent) ?? new Map<string, number>();
    this._children.set(node.parent, names.set(node.name, node.id));
  }

  private _removeBlob(blob: string | undefined): void {
    if (blob) {
      rmSync(path.join(this._blobs, blob), { force: true });
    }
  }

  private readonly _nodes: Table<INode>;
  private readonly _blobs: string;
  private readonly _children = new Map<number, Map<string, number>>();
  private _lastId = 0;
}

const TYPES: Record<string, string> = {
  csv: 'text/csv',
  gif: 'image/gif',
  html: 'text/html',
  ipynb: 'application/json',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  py: 'text/x-python',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  wav: 'audio/wav',
  zip: 'application/zip'
};

/** By the name's ending, as Nextcloud does. */
export function contentType(name: string): string {
  const ending = path.extname(name).slice(1).toLowerCase();
  return TYPES[ending] ?? 'application/octet-stream';
}

/** Hex sum of bytes by an algorithm of `node:crypto`. */
export const sum = (algorithm: string, bytes: Uint8Array) =>
  createHash(algorithm).update(bytes).digest('hex');
