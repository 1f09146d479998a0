import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IPlace, IPlaceEntry, tooLong } from './place';

/** A folder on a disk that others write to as well: no link in it is followed. */
export class DiskPlace implements IPlace {
  constructor(private readonly _root: string) {}

  async list(at: string): Promise<IPlaceEntry[]> {
    const folder = await this._within(at);
    const about = await lstat(folder).catch(error => inWords(error, folder));
    if (!about.isDirectory()) {
      throw noFile(at);
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch(
      error => inWords(error, folder)
    );
    return Promise.all(
      entries.map(async entry => {
        const info = await lstat(path.join(folder, entry.name));
        return {
          name: entry.name,
          type: entry.isFile()
            ? ('file' as const)
            : entry.isDirectory()
              ? ('folder' as const)
              : ('other' as const),
          sizeBytes: info.size,
          etag: `${info.ino} ${info.mtimeMs} ${info.size}`
        };
      })
    );
  }

  async read(at: string, maxBytes: number): Promise<Readable> {
    const file = await this._within(at);
    const flags =
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(file, flags).catch(error => inWords(error, file));
    const info = await handle.stat();
    if (!info.isFile() || info.size > maxBytes) {
      await handle.close();
      throw info.isFile() ? tooLong(at) : noFile(at);
    }
    return handle.createReadStream();
  }

  /** Where a path lies, if no link leads out of the root on the way. */
  private async _within(at: string): Promise<string> {
    const wanted = path.join(this._root, ...at.split('/').filter(Boolean));
    const folder = path.dirname(wanted);
    const [root, real] = await Promise.all([
      realpath(this._root).catch(error => inWords(error, this._root)),
      realpath(at === '' ? this._root : folder).catch(error =>
        inWords(error, folder)
      )
    ]);
    const expected = path.join(root, path.relative(this._root, folder));
    if (at !== '' && real !== expected) {
      throw noFile(at);
    }
    return at === '' ? root : path.join(real, path.basename(wanted));
  }
}

const noFile = (at: string): DeepError =>
  new DeepError(
    'share-refused',
    `${at} is a link or something else that is no file; nothing of it is read.`
  );

/** What a disk says, in words. */
export function inWords(error: unknown, file: string): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { technical: message, cause: error };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      throw new DeepError('not-found', `${file} is not there.`, options);
    case 'ELOOP':
      throw noFile(file);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      throw new DeepError(
        'storage-refused',
        `${file} cannot be used: ${code === 'EROFS' ? 'its disk is read-only' : 'you have no permission'}.`,
        {
          ...options,
          hint: 'Ask whoever runs the disk, or take another folder.'
        }
      );
    case 'ENOSPC':
    case 'EDQUOT':
      throw new DeepError('no-space', `The disk of ${file} is full.`, {
        ...options,
        hint: 'Free space there, then let it go on.'
      });
    default:
      throw error;
  }
}
