import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { StorageAccounts } from '../storage/accounts/storageAccounts';
import { askOcs } from '../storage/nextcloud/ocs';
import { searchFiles } from '../storage/nextcloud/search';
import { CloudPlace } from './cloudPlace';
import { DiskPlace, inWords } from './diskPlace';
import { ISharedFolder } from './looking';
import { isVersion, MANIFEST } from './names';
import { IPlace } from './place';

/** Manifests that one search brings. */
const MOST_FOUND = 5_000;

/** As OCS tells it of a share that was received. */
interface IReceivedShare {
  file_target?: string;
  path?: string;
  item_type?: string;
  uid_file_owner?: string;
  displayname_file_owner?: string;
}

/** Somewhere others share modules. */
export interface ISharingPlace {
  /** Id of an account, or a folder's path. */
  id: string;
  title: string;
  files: IPlace;
  /** Folders that may be modules, with ETags. Few requests, however many there are. */
  folders(signal: AbortSignal): Promise<ISharedFolder[]>;
  /** Versions by folder, where the place can look for them in one request. Folders that are left out may have some all the same. */
  versions?(signal: AbortSignal): Promise<Map<string, string[]>>;
  /** Said of what is told of no more, where it is not its owner who let it go. */
  gone?: string;
}

/** What others share with an account. */
export function cloudSharing(
  accounts: StorageAccounts,
  account: string
): ISharingPlace {
  const files = new CloudPlace(accounts.files(account));
  const title = accounts.hostOf(account);
  return {
    id: account,
    title,
    files,
    folders: async signal => {
      const received = await askOcs<IReceivedShare[]>(
        accounts.exchange(account),
        accounts.get(account).server,
        {
          path: '/apps/files_sharing/api/v1/shares?shared_with_me=true&format=json',
          act: 'say what is shared with you',
          signal
        }
      );
      const shared = foldersOf(received, account, title);
      const etags = await etagsOf(files, shared, signal);
      // A share that another person has let go is told of, but is not there.
      return shared.flatMap(each => {
        const etag = etags.get(each.path);
        return etags.has(each.path) ? [{ ...each, etag }] : [];
      });
    },
    versions: async signal => {
      const { server, user } = accounts.get(account);
      const found = await searchFiles(
        accounts.exchange(account),
        server,
        user,
        MANIFEST,
        MOST_FOUND,
        signal
      );
      return versionsIn(found.map(({ path: at }) => at));
    }
  };
}

/** By folders: `penguins/1.0.0/deep-module.json` is a version of `penguins`. */
function versionsIn(manifests: readonly string[]): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  for (const at of manifests) {
    const parts = at.split('/');
    const [version, name] = parts.slice(-2);
    const folder = parts.slice(0, -2).join('/');
    if (name === MANIFEST && folder && isVersion(version)) {
      versions.set(folder, [...(versions.get(folder) ?? []), version]);
    }
  }
  return versions;
}

function foldersOf(
  received: readonly IReceivedShare[],
  place: string,
  placeTitle: string
): ISharedFolder[] {
  const folders = new Map<string, ISharedFolder>();
  for (const share of received) {
    const at = (share.file_target ?? share.path ?? '').replace(/^\/+/, '');
    const uid = share.uid_file_owner;
    if (share.item_type === 'folder' && at && uid && !folders.has(at)) {
      folders.set(at, {
        place,
        placeTitle,
        path: at,
        owner: `${uid}@${placeTitle}`,
        ownerName: share.displayname_file_owner || uid
      });
    }
  }
  return [...folders.values()];
}

/** One listing for all that lie in one folder, which is nearly always the root. */
async function etagsOf(
  files: IPlace,
  shared: readonly ISharedFolder[],
  signal: AbortSignal
): Promise<Map<string, string | undefined>> {
  const parents = new Set(shared.map(({ path: at }) => parentOf(at)));
  const etags = new Map<string, string | undefined>();
  for (const parent of parents) {
    for (const { name, type, etag } of await files.list(parent, signal)) {
      if (type === 'folder') {
        etags.set(parent ? `${parent}/${name}` : name, etag);
      }
    }
  }
  return etags;
}

const parentOf = (at: string): string =>
  at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '';

/** Modules in a folder on a disk. */
export function diskSharing(folder: string): ISharingPlace {
  const files = new DiskPlace(folder);
  return {
    id: folder,
    title: folder,
    files,
    folders: async () => {
      await readdir(folder).catch(error => unlessThere(error, folder));
      const entries = await files.list('');
      const modules = entries.filter(
        ({ name, type }) => type === 'folder' && !name.startsWith('.')
      );
      return Promise.all(
        modules.map(async ({ name }) => ({
          place: folder,
          placeTitle: folder,
          path: name,
          etag: await etagOf(files, name),
          owner: `${path.join(folder, name)}@disk`,
          ownerName: `whoever writes to ${path.join(folder, name)}`
        }))
      );
    }
  };
}

/** Folders on disks do not change with what lies deeper: each version's manifest counts. */
async function etagOf(
  files: IPlace,
  name: string
): Promise<string | undefined> {
  try {
    const versions = await files.list(name);
    const inside = await Promise.all(
      versions
        .filter(({ type }) => type === 'folder')
        .map(async version => {
          const entries = await files.list(`${name}/${version.name}`);
          return entries.map(({ name: file, etag }) => `${file} ${etag}`);
        })
    );
    return JSON.stringify([versions.map(({ etag }) => etag), inside]);
  } catch {
    // Reading it says why it cannot be read.
    return undefined;
  }
}

function unlessThere(error: unknown, folder: string): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    throw new DeepError(
      'storage-unreachable',
      `The folder ${folder} is not there.`,
      { hint: 'Mount its disk again.' }
    );
  }
  return inWords(error, folder);
}
