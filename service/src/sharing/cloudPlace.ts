import type { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IRemoteFiles } from '../storage/remoteFiles';
import { IPlace, IPlaceEntry, tooLong } from './place';

/** Files of an account. */
export class CloudPlace implements IPlace {
  /** @param _mostEntries Of a folder of somebody who may mean harm. */
  constructor(
    private readonly _files: IRemoteFiles,
    private readonly _mostEntries = Infinity
  ) {}

  async list(path: string, signal?: AbortSignal): Promise<IPlaceEntry[]> {
    const found: IPlaceEntry[] = [];
    let skipped = 0;
    const onSkipped = (): void => void (skipped += 1);
    for await (const piece of this._files.list(path, { signal, onSkipped })) {
      for (const { name, type, sizeBytes, etag } of piece) {
        found.push({ name, type, sizeBytes, etag });
      }
      if (found.length > this._mostEntries) {
        throw new DeepError(
          'share-refused',
          `${path || 'The folder'} has more than ${this._mostEntries} entries, and was not read to its end.`
        );
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
