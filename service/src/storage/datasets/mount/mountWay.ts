import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IRcloneAccess, IRemotes } from '../../remoteFiles';
import type {
  IDatasetPlace,
  IDatasetSight,
  IDatasetWay,
  ITask,
  IWayOffer
} from '../way';
import type { ICachedWrite } from './cachedWrites';
import { fetchThroughMount } from './fetching';
import { whyNoMount } from './mountTrial';
import { mountedAt } from './mountTable';
import { RcloneMount } from './rcloneMount';

/** Changes are asked for by the folder's ETag where the server has one that tells of everything below. */
const LISTING_S = { withEtags: 600, without: 30 };

/** Datasets as folders that rclone mounts. */
export class MountWay implements IDatasetWay {
  constructor(private readonly _options: MountWay.IOptions) {
    this._stopListening = _options.remotes.onChange(account =>
      this._accountChanged(account)
    );
  }

  readonly way = 'mount';

  async offer(place: IDatasetPlace): Promise<IWayOffer> {
    const trouble = this._options.isAllowed
      ? ((await this._trial()) ?? (await whyNotAt(place.path)))
      : 'the administrator has switched mounting off (`storage.mount`)';
    return trouble
      ? { isPossible: false, why: `It is not mounted: ${trouble}.` }
      : {
          isPossible: true,
          why: 'Mounted by rclone: files come when they are read.'
        };
  }

  async prepare(place: IDatasetPlace, task: ITask): Promise<void> {
    task.tell({ phase: 'Mounting the folder' });
    const { etag } = await this._stat(place, task.signal);
    this._etags.set(place.id, etag);
    await this._mount(place).start();
    task.log(`${place.account}:${place.remotePath} is mounted.`);
  }

  async adopt(place: IDatasetPlace): Promise<void> {
    await this._mount(place).start();
  }

  /** `here` is what lies in the cache. @throws DeepError as the mount says when it is not there. */
  async sight(place: IDatasetPlace): Promise<IDatasetSight> {
    const mount = this._mount(place);
    const waiting = await mount.waiting();
    if (mount.state === 'refused') {
      throw loginNeeded(place);
    }
    if (mount.state === 'failed') {
      throw mount.error;
    }
    return { here: await mount.cached(), waiting, conflicts: [] };
  }

  async refresh(place: IDatasetPlace, task: ITask): Promise<void> {
    const { etag } = await this._stat(place, task.signal);
    const mount = this._mount(place);
    await mount.start();
    await mount.forget();
    this._etags.set(place.id, etag);
    task.log('The folders are read anew when they are looked at.');
  }

  async push(place: IDatasetPlace, task: ITask): Promise<void> {
    const mount = this._mount(place);
    await mount.start();
    const open = await mount.flush({
      signal: task.signal,
      onWaiting: pushNews(task)
    });
    for (const { name } of open) {
      task.failed(name, 'It is still open for writing: close it, then push.');
    }
  }

  async fetch(
    place: IDatasetPlace,
    pattern: string,
    task: ITask
  ): Promise<void> {
    await this._mount(place).start();
    const files = this._options.remotes.files(place.account);
    await fetchThroughMount(files, place, pattern, task);
  }

  async isStale(place: IDatasetPlace, signal: AbortSignal): Promise<boolean> {
    await this._mount(place).check();
    if (!this._hasEtags(place.account)) {
      return false;
    }
    const { etag } = await this._stat(place, signal);
    const known = this._etags.get(place.id);
    this._etags.set(place.id, etag);
    return known !== etag;
  }

  /** What waits is given up with the cache: the caller has made sure that it may be. */
  async remove(place: IDatasetPlace): Promise<void> {
    const mount = this._mount(place);
    await mount.stop({ giveUpWaiting: true });
    this._mounts.delete(place.id);
    this._etags.delete(place.id);
    await rm(this._storeOf(place), { recursive: true, force: true });
    await rm(this._socketsOf(place), { recursive: true, force: true });
  }

  /** The mounts go on without this service. */
  async close(): Promise<void> {
    this._stopListening();
    this._mounts.forEach(({ mount }) => mount.release());
  }

  private _trial(): Promise<string | undefined> {
    const { rclone, environment } = this._options;
    this._trialed ??= whyNoMount(rclone, environment);
    return this._trialed;
  }

  private _mount(place: IDatasetPlace): RcloneMount {
    const found = this._mounts.get(place.id);
    if (found) {
      return found.mount;
    }
    const { rclone, environment, caFile, cacheMb, access } = this._options;
    const mount = new RcloneMount({
      plan: {
        // Whoever mounts without it is told by rclone's absence.
        rclone: rclone ?? 'rclone',
        account: place.account,
        remotePath: place.remotePath,
        mountPoint: place.path,
        folder: this._socketsOf(place),
        store: this._storeOf(place),
        cacheMb,
        listingSeconds: this._hasEtags(place.account)
          ? LISTING_S.withEtags
          : LISTING_S.without,
        environment,
        caFile
      },
      access: () => access(place.account),
      onRefused: () => void this._refused(place)
    });
    this._mounts.set(place.id, { mount, place });
    return mount;
  }

  /** The account learns of it by asking once itself; everything else of it stops then. */
  private async _refused(place: IDatasetPlace): Promise<void> {
    await this._stat(place).catch(() => {
      // It is what was expected, and the account has noted it.
    });
  }

  private _accountChanged(account: string): void {
    for (const { mount, place } of this._mounts.values()) {
      if (place.account === account) {
        void this._followAccount(mount, place);
      }
    }
  }

  /** Mounted again when its account answers again; ended when its password is refused. */
  private async _followAccount(
    mount: RcloneMount,
    place: IDatasetPlace
  ): Promise<void> {
    try {
      await this._stat(place);
      if (mount.state === 'refused') {
        await mount.start();
      }
    } catch (error) {
      const { key } = error as DeepError;
      if (key === 'storage-login' || key === 'not-found') {
        await mount.end();
      }
    }
  }

  private _stat(place: IDatasetPlace, signal?: AbortSignal) {
    const { remotes } = this._options;
    return remotes.files(place.account).stat(place.remotePath, signal);
  }

  private _hasEtags(account: string): boolean {
    try {
      return this._options.remotes.files(account).can.folderEtags;
    } catch {
      // An account that is gone is said where its files are asked for.
      return false;
    }
  }

  private _storeOf({ id }: IDatasetPlace): string {
    return path.join(this._options.storeFolder, id);
  }

  /** Addresses of sockets are short. */
  private _socketsOf({ id }: IDatasetPlace): string {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 10);
    return path.join(this._options.socketsFolder, `m${name}`);
  }

  private readonly _stopListening: () => void;
  private readonly _mounts = new Map<
    string,
    { mount: RcloneMount; place: IDatasetPlace }
  >();
  private readonly _etags = new Map<string, string | undefined>();
  private _trialed?: Promise<string | undefined>;
}

export namespace MountWay {
  export interface IOptions {
    remotes: IRemotes;
    /** Address and password of an account; `storage-login` while it is refused. */
    access(account: string): Promise<IRcloneAccess>;
    /** `storage.mount` of the administrator's file. */
    isAllowed: boolean;
    /** Of each mounted dataset. */
    cacheMb: number;
    /** The program; undefined where it is not installed. */
    rclone?: string;
    /** What rclone may know of ours. */
    environment: Record<string, string>;
    caFile?: string;
    /** In the store: a folder for each mounted dataset. */
    storeFolder: string;
    /** 0700, on local disk, short. */
    socketsFolder: string;
  }
}

/** FUSE would hide what lies in a folder. */
async function whyNotAt(folder: string): Promise<string | undefined> {
  if (await mountedAt(folder)) {
    return undefined;
  }
  const names = await readdir(folder).catch(
    ({ code }: NodeJS.ErrnoException) =>
      code === 'ENOENT' ? [] : [String(code)]
  );
  return names.length > 0 ? `there are files in ${folder} already` : undefined;
}

const loginNeeded = ({ account }: IDatasetPlace): DeepError =>
  new DeepError(
    'storage-login',
    `The password of ${account} was refused, so its folder was unmounted; what waits is kept.`,
    { hint: 'Link the account again.' }
  );

/** Files and bytes that are sent, counted from what waited at first. */
function pushNews(task: ITask): (writes: ICachedWrite[]) => void {
  const bytesOf = (writes: ICachedWrite[]): number =>
    writes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let [totalFiles, totalBytes] = [0, 0];
  return writes => {
    totalFiles = Math.max(totalFiles, writes.length);
    totalBytes = Math.max(totalBytes, bytesOf(writes));
    task.tell({
      phase: 'Sending what was written',
      totalFiles,
      totalBytes,
      doneFiles: totalFiles - writes.length,
      doneBytes: totalBytes - bytesOf(writes)
    });
  };
}
