import type { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';

/** A file or folder of a place. */
export interface IPlaceEntry {
  name: string;
  /** `other`: a link, a socket, … */
  type: 'file' | 'folder' | 'other';
  sizeBytes?: number;
  /** Changes with the content; of a folder, with anything below it where the place can do so. */
  etag?: string;
}

/**
 * Where modules are shared: files of an account, or a folder on a disk. Paths are below its root, with `/` between.
 * Failures are DeepErrors as those of `IRemoteFiles`.
 */
export interface IPlace {
  list(path: string, signal?: AbortSignal): Promise<IPlaceEntry[]>;
  /** @throws DeepError `share-refused` of what is longer than it may be, and of what is no file. */
  read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Readable>;
}

/** All of a small file. @throws DeepError as `read` does */
export async function readText(
  place: IPlace,
  path: string,
  maxBytes: number,
  signal?: AbortSignal
): Promise<string> {
  const body = await place.read(path, maxBytes, signal);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) {
      body.destroy();
      throw tooLong(path);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

export const tooLong = (path: string): DeepError =>
  new DeepError(
    'share-refused',
    `${path} is longer than it may be, and was not read to its end.`
  );
