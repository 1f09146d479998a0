import {
  lstat,
  mkdir,
  readlink,
  rmdir,
  symlink,
  unlink
} from 'node:fs/promises';
import path from 'node:path';
import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';
import type { IRemotes } from '../../remoteFiles';
import type {
  IDatasetPlace,
  IDatasetSight,
  IDatasetWay,
  ITask,
  IWayOffer
} from '../way';
import {
  FolderLook,
  IPlatformMount,
  lookAt,
  PLATFORM_FOLDERS,
  platformMounts
} from './platformMounts';

/** So many names have to be the same here and there; a folder of any size is known by them. */
const COMPARED = 200;

/** Datasets in a mount that the platform made: a link leads there from the dataset's path. */
export class PlatformWay implements IDatasetWay {
  constructor(private readonly _options: PlatformWay.IOptions) {}

  readonly way = 'platform';

  async offer(place: IDatasetPlace): Promise<IWayOffer> {
    const found = await this._find(place);
    return typeof found === 'string'
      ? { isPossible: false, why: `The platform has no mount of it: ${found}.` }
      : {
          isPossible: true,
          why: `The platform has mounted it at ${found.folder}.`
        };
  }

  async prepare(place: IDatasetPlace, task: ITask): Promise<void> {
    task.tell({ phase: 'Looking at the mount of the platform' });
    const found = await this._find(place);
    if (typeof found === 'string') {
      throw new DeepError(
        'storage-unreachable',
        `The platform's mount cannot be used: ${found}.`
      );
    }
    await link(found.folder, place.path);
    task.log(`${place.path} leads to ${found.folder}.`);
  }

  /** The link is still there; whether its mount lives, `sight` says. */
  async adopt(): Promise<void> {}

  /** Nobody tells what a mount of others holds and what waits in it. @throws DeepError `storage-unreachable` when it is dead. */
  async sight({ path: here }: IDatasetPlace): Promise<IDatasetSight> {
    const look = await lookAt(here, [], this._options.timeoutMs);
    if (typeof look === 'string') {
      throw new DeepError(
        'storage-unreachable',
        `The platform's mount is not to be used now: ${look}.`,
        { hint: 'Ask the platform, or make the dataset anew as a copy.' }
      );
    }
    const none = { files: 0, bytes: 0 };
    return { here: none, waiting: none, conflicts: [] };
  }

  async refresh(_place: IDatasetPlace, task: ITask): Promise<void> {
    task.log('The platform keeps its mount fresh itself.');
  }

  async push(_place: IDatasetPlace, task: ITask): Promise<void> {
    task.log('The platform sends what is written into its mount itself.');
  }

  async fetch(_place: IDatasetPlace, _: string, task: ITask): Promise<void> {
    task.log(
      'All files are there: the platform fetches them when they are read.'
    );
  }

  /** The link alone is ours. */
  async remove({ path: here }: IDatasetPlace): Promise<void> {
    if (await isLink(here)) {
      await unlink(here);
    }
  }

  async close(): Promise<void> {}

  /** The folder of a living mount that holds the same as the cloud; else why there is none, in words. */
  private async _find(
    place: IDatasetPlace
  ): Promise<{ folder: string } | string> {
    const { folders = PLATFORM_FOLDERS } = this._options;
    const reasons: string[] = [];
    for (const mount of await platformMounts(folders)) {
      const trouble = await this._whyNot(mount, place);
      if (trouble === undefined) {
        return { folder: folderIn(mount, place.remotePath)! };
      }
      reasons.push(trouble);
    }
    return reasons.join('; ') || `nothing is mounted at ${folders.join(', ')}`;
  }

  /** A mount does not say whose it is; what lies in it does. An empty folder says nothing. */
  private async _whyNot(
    mount: IPlatformMount,
    place: IDatasetPlace
  ): Promise<string | undefined> {
    const folder = folderIn(mount, place.remotePath);
    if (folder === undefined) {
      return `${mount.folder} holds another part of the cloud`;
    }
    const some = await this._some(place);
    const names = some.map(({ name }) => name);
    const look = await lookAt(folder, names, this._options.timeoutMs);
    if (typeof look === 'string') {
      return look;
    }
    return some.length > 0 && some.every(isIn(look))
      ? undefined
      : `${folder} does not hold what ${place.account} holds`;
  }

  private async _some(place: IDatasetPlace): Promise<StorageEntry[]> {
    const files = this._options.remotes.files(place.account);
    const seen: StorageEntry[] = [];
    for await (const entries of files.list(place.remotePath)) {
      seen.push(...entries);
      if (seen.length >= COMPARED) {
        break;
      }
    }
    return seen.slice(0, COMPARED);
  }
}

export namespace PlatformWay {
  export interface IOptions {
    remotes: IRemotes;
    /** Where a platform mounts; `/storage` when absent. */
    folders?: string[];
    /** How long a mount may take to list a folder. */
    timeoutMs?: number;
  }
}

const folderIn = (
  { folder, below }: IPlatformMount,
  remotePath: string
): string | undefined => {
  if (below && remotePath !== below && !remotePath.startsWith(`${below}/`)) {
    return undefined;
  }
  return path.join(folder, remotePath.slice(below.length));
};

const isIn =
  (look: FolderLook) =>
  ({ name, type, sizeBytes }: StorageEntry): boolean =>
    look.has(name) &&
    (type === 'folder' ? undefined : sizeBytes) === look.get(name);

/** @throws DeepError `conflict` when files lie where the link should be. */
async function link(folder: string, at: string): Promise<void> {
  if (await isLink(at)) {
    if ((await readlink(at)) === folder) {
      return;
    }
    await unlink(at);
  }
  await mkdir(path.dirname(at), { recursive: true });
  await rmdir(at).catch(({ code }: NodeJS.ErrnoException) => {
    if (code !== 'ENOENT') {
      throw new DeepError('conflict', `There are files in ${at} already.`);
    }
  });
  await symlink(folder, at);
}

const isLink = async (at: string): Promise<boolean> =>
  lstat(at).then(
    found => found.isSymbolicLink(),
    () => false
  );
