import type { Readable } from 'node:stream';
import type { IRemoteFiles } from '../storage/remoteFiles';
import { IPlace, IPlaceEntry, tooLong } from './place';

/** Files of an account. */
export class CloudPlace implements IPlace {
  constructor(private readonly _files: IRemoteFiles) {}

  async list(path: string, signal?: AbortSignal): Promise<IPlaceEntry[]> {
    const found: IPlaceEntry[] = [];
    let skipped = 0;
    const onSkipped = (): void => void (skipped += 1);
    for await (const piece of this._files.list(path, { signal, onSkipped })) {
      for (const { name, type, sizeBytes, etag } of piece) {
        found.push({ name, type, sizeBytes, etag });
      }
    }
    // What no name may be is there all the same, and must not be overlooked.
    return skipped > 0 ? [...found, { name: '', type: 'other' }] : found;
  }

  async read(
    path: string,
    maxBytes: number,
    signal?: AbortSignal
  ): Promise<Readable> {
    const { body, sizeBytes } = await this._files.read(path, { signal });
    if (sizeBytes > maxBytes) {
      body.destroy();
      throw tooLong(path);
    }
    return body;
  }
}
