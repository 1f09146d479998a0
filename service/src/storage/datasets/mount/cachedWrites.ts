import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What rclone notes about a file of its cache. */
interface ICacheNote {
  Size?: number;
  Dirty?: boolean;
}

/** A write that lies in the cache and not in the cloud. */
export interface ICachedWrite {
  /** Below the mounted folder. */
  name: string;
  sizeBytes: number;
}

/** Where rclone keeps notes and contents of a remote's folder, by what it says in `vfs/stats`. */
export const cacheFolders = (
  cache: string,
  remote: string,
  remotePath: string
): { notes: string; contents: string } => ({
  notes: path.join(cache, 'vfsMeta', remote, remotePath),
  contents: path.join(cache, 'vfs', remote, remotePath)
});

/** What a cache holds that never reached the cloud; for when no rclone runs that could be asked. */
export async function cachedWrites(
  notes: string,
  below = ''
): Promise<ICachedWrite[]> {
  const found: ICachedWrite[] = [];
  for (const entry of await entriesOf(path.join(notes, below))) {
    const name = path.join(below, entry.name);
    if (entry.isDirectory()) {
      found.push(...(await cachedWrites(notes, name)));
    } else if (entry.isFile()) {
      const note = await readNote(path.join(notes, name));
      found.push(...(note.Dirty ? [{ name, sizeBytes: note.Size ?? 0 }] : []));
    }
  }
  return found;
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
async function readNote(file: string): Promise<ICacheNote> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return { Dirty: true };
  }
}
