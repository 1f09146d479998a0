import { setImmediate as breathe } from 'node:timers/promises';
import type { StorageEntry, StorageListing } from '@jupyterlab-deep/protocol';
import { isSafeName } from '../dav/paths';
import type { IRemoteFiles } from '../remoteFiles';

/** A folder as it was listed, for its further pages. */
interface IListed {
  entry: StorageEntry;
  entries: StorageEntry[];
  skipped: number;
  atMs: number;
}

const KEPT_MS = 30_000;
const KEPT_FOLDERS = 8;
const names = new Intl.Collator('en', { numeric: true });

/** Folders in pages: listed once, sorted once, then served while its ETag stays. */
export class FolderPages {
  /** @throws DeepError of the account's files */
  async page(
    files: IRemoteFiles,
    path: string,
    offset: number,
    limit: number,
    signal?: AbortSignal
  ): Promise<StorageListing> {
    const key = `${files.account}:${path}`;
    const known = this._listed.get(key);
    const isFresh = known && Date.now() - known.atMs < KEPT_MS;
    const listed =
      offset > 0 && isFresh
        ? known
        : await this._list(files, path, known, signal);
    this._keep(key, listed);
    return {
      entry: listed.entry,
      entries: listed.entries.slice(offset, offset + limit),
      total: listed.entries.length,
      skipped: listed.skipped
    };
  }

  private async _list(
    files: IRemoteFiles,
    path: string,
    known: IListed | undefined,
    signal?: AbortSignal
  ): Promise<IListed> {
    const entry = await files.stat(path, signal);
    const isSame = files.can.folderEtags && known?.entry.etag === entry.etag;
    if (known && isSame) {
      return { ...known, entry, atMs: Date.now() };
    }
    const entries: StorageEntry[] = [];
    let skipped = 0;
    const onSkipped = (): void => void skipped++;
    for await (const piece of files.list(path, { signal, onSkipped })) {
      const fitting = piece.filter(({ name }) => isSafeName(name));
      skipped += piece.length - fitting.length;
      entries.push(...fitting);
      await breathe();
    }
    entries.sort(byKindAndName);
    return { entry, entries, skipped, atMs: Date.now() };
  }

  private _keep(key: string, listed: IListed): void {
    // Last in the order of a map is what was asked for last.
    this._listed.delete(key);
    this._listed.set(key, listed);
    const [oldest] = this._listed.keys();
    if (this._listed.size > KEPT_FOLDERS) {
      this._listed.delete(oldest);
    }
  }

  private readonly _listed = new Map<string, IListed>();
}

const byKindAndName = (a: StorageEntry, b: StorageEntry): number =>
  a.type === b.type
    ? names.compare(a.name, b.name)
    : a.type === 'folder'
      ? -1
      : 1;
