import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** A write that lies in the cache and not in the cloud. */
export interface ICachedWrite {
  /** Below the mounted folder. */
  name: string;
  sizeBytes: number;
}

interface IKnownNote {
  mtimeMs: number;
  isDirty: boolean;
}

/**
 * What rclone's cache holds that never reached the cloud, by the notes that it keeps for its own restart. They know of a write before
 * its queue does (a file that is still open, or was closed this moment), and after rclone was killed.
 */
export class CachedWrites {
  constructor(cache: string, remote: string, remotePath: string) {
    this._notes = path.join(cache, 'vfsMeta', remote, remotePath);
    this._contents = path.join(cache, 'vfs', remote, remotePath);
  }

  async list(): Promise<ICachedWrite[]> {
    const found: ICachedWrite[] = [];
    for await (const name of this._names('')) {
      if (await this._isDirty(name)) {
        found.push({ name, sizeBytes: await this._size(name) });
      }
    }
    return found;
  }

  private async *_names(below: string): AsyncGenerator<string> {
    for (const entry of await entriesOf(path.join(this._notes, below))) {
      const name = path.join(below, entry.name);
      if (entry.isDirectory()) {
        yield* this._names(name);
      } else if (entry.isFile()) {
        yield name;
      }
    }
  }

  private async _isDirty(name: string): Promise<boolean> {
    const file = path.join(this._notes, name);
    const mtimeMs = await stat(file).then(
      found => found.mtimeMs,
      () => undefined
    );
    const known = this._known.get(name);
    if (mtimeMs === undefined || known?.mtimeMs === mtimeMs) {
      return mtimeMs !== undefined && known?.isDirty === true;
    }
    const isDirty = await readDirty(file);
    this._known.set(name, { mtimeMs, isDirty });
    return isDirty;
  }

  /** The note has the size of the last time that it was written. */
  private async _size(name: string): Promise<number> {
    const found = await stat(path.join(this._contents, name)).catch(
      () => undefined
    );
    return found?.size ?? 0;
  }

  private readonly _notes: string;
  private readonly _contents: string;
  private readonly _known = new Map<string, IKnownNote>();
}

async function entriesOf(folder: string): ReturnType<typeof readFolder> {
  try {
    return await readFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

const readFolder = (folder: string) => readdir(folder, { withFileTypes: true });

/** A note that was cut off by a kill counts as waiting: rather shown too long than lost. */
async function readDirty(file: string): Promise<boolean> {
  try {
    return JSON.parse(await readFile(file, 'utf8')).Dirty === true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
