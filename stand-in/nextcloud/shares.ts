import type { Journal, Table } from './journal.ts';
import type { FileTree, INode } from './tree.ts';
import type { Users } from './users.ts';

/** Permission bits of shares. */
export const READ = 1;
export const UPDATE = 2;
export const CREATE = 4;
export const DELETE = 8;
export const SHARE = 16;
export const ALL = 31;

export const USER = 0;
export const GROUP = 1;
export const LINK = 3;

export interface IShare {
  id: number;
  type: number;
  node: number;
  by: string;
  /** User id or group. */
  with?: string;
  permissions: number;
  token?: string;
  password?: string;
  expireDate?: string;
  note: string;
  label: string;
  createdS: number;
  /** How receivers call it in their root; null where they have let it go. */
  names: Record<string, string | null>;
}

/** A share as it appears among a user's files. */
export interface IMount {
  name: string;
  share: IShare;
  node: INode;
}

/** Who shares what with whom, and where it appears at the receiver's. */
export class Shares {
  constructor(journal: Journal, tree: FileTree, users: Users) {
    this._shares = journal.table('shares');
    this._tree = tree;
    this._users = users;
    tree.onTouched = node => this._touchReceivers(node);
  }

  add(share: Omit<IShare, 'id' | 'createdS' | 'names'>): IShare {
    const id = Math.max(0, ...this._shares.values().map(each => each.id)) + 1;
    const added: IShare = {
      ...share,
      id,
      createdS: Math.floor(Date.now() / 1000),
      names: {}
    };
    this._shares.set(id, added);
    this.receivers(added).forEach(uid => this._mount(added, uid));
    return added;
  }

  get(id: number): IShare | undefined {
    return this._shares.get(id);
  }

  all(): IShare[] {
    return this._shares.values();
  }

  save(share: IShare): void {
    this._shares.set(share.id, share);
  }

  remove(share: IShare): void {
    this._shares.delete(share.id);
    this.receivers(share).forEach(uid =>
      this._tree.touch(this._tree.root('files', uid), 0)
    );
  }

  /** Users who see it among their files. */
  receivers(share: IShare): string[] {
    return this._users
      .all()
      .filter(
        ({ uid, groups }) => uid !== share.by && isFor(share, uid, groups)
      )
      .map(each => each.uid);
  }

  /** What others share with a user, by its name in the user's root. */
  mounts(uid: string): IMount[] {
    return this._shares.values().flatMap(share => this._mountOf(share, uid));
  }

  /** The one of that name, without a look at every other. */
  mount(uid: string, name: string): IMount | undefined {
    const share = this._shares.values().find(each => each.names[uid] === name);
    return share && this._mountOf(share, uid)[0];
  }

  /** Shares of a node. */
  of(node: INode): IShare[] {
    return this._shares.values().filter(each => each.node === node.id);
  }

  private _mountOf(share: IShare, uid: string): IMount[] {
    const name = share.names[uid];
    const node = this._tree.node(share.node);
    return name && node && !node.trash ? [{ name, share, node }] : [];
  }

  private _mount(share: IShare, uid: string): void {
    const root = this._tree.root('files', uid);
    const taken = new Set(this.mounts(uid).map(each => each.name));
    const wanted = this._tree.node(share.node)!.name;
    let name = wanted;
    for (let n = 2; taken.has(name) || this._tree.child(root.id, name); n++) {
      name = `${wanted} (${n})`;
    }
    share.names[uid] = name;
    this._shares.set(share.id, share);
    this._tree.touch(root, 0);
  }

  private _touchReceivers(node: INode): void {
    for (const share of this._shares.values()) {
      if (share.node === node.id) {
        Object.keys(share.names).forEach(uid =>
          this._tree.touch(this._tree.root('files', uid), 0)
        );
      }
    }
  }

  private readonly _shares: Table<IShare>;
  private readonly _tree: FileTree;
  private readonly _users: Users;
}

const isFor = (share: IShare, uid: string, groups: string[]) =>
  (share.type === USER && share.with === uid) ||
  (share.type === GROUP && groups.includes(share.with!));
