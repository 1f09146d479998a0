import { randomBytes } from 'node:crypto';
import { FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, Upload, UploadRequest } from '@jupyterlab-deep/protocol';
import { typeOfName } from '../http/content';
import { storeFailure } from '../store/diskErrors';
import { Store } from '../store/store';

/** Uploads that nobody needs any more; runs keep what they use. */
const KEPT_MS = 24 * 3600_000;

/** An upload and where its bytes lie. */
export interface IStoredUpload extends Upload {
  contentType: string;
}

/** A piece that does not begin where the last one ended. */
export class WrongOffset extends DeepError {
  constructor(readonly upload: Upload) {
    super(
      'conflict',
      `The upload of ${upload.filename} goes on at byte ${upload.receivedBytes}.`
    );
  }
}

/** Files that come in pieces. Each piece is on disk before it is acknowledged. */
export class Uploads {
  constructor(
    private readonly _store: Store,
    private readonly _limitMb: number
  ) {}

  /** Of one file. */
  get maxBytes(): number {
    return this._limitMb * 1024 * 1024;
  }

  /** @throws DeepError `too-large`, `no-space` */
  async begin({
    filename,
    sizeBytes,
    contentType
  }: UploadRequest): Promise<Upload> {
    this.checkSize(filename, sizeBytes);
    const upload: IStoredUpload = {
      id: randomBytes(8).toString('hex'),
      filename: path.basename(filename.replaceAll('\\', '/')),
      sizeBytes,
      receivedBytes: 0,
      contentType: contentType ?? typeOfName(filename)
    };
    await this._store.makeFolder('uploads', upload.id);
    this._store.write(
      'INSERT INTO uploads VALUES (?, ?, ?)',
      upload.id,
      new Date().toISOString(),
      JSON.stringify(upload)
    );
    await this._writeAt(upload, new Uint8Array(), 0);
    return upload;
  }

  /** @throws DeepError `too-large` */
  checkSize(name: string, sizeBytes: number): void {
    if (sizeBytes > this.maxBytes) {
      throw new DeepError(
        'too-large',
        `${name} has ${Math.ceil(sizeBytes / 1024 / 1024)} MB; files of at most ${this._limitMb} MB are taken.`,
        {
          hint: 'Use a smaller file; the administrator can allow more (`limits.uploadMb`).'
        }
      );
    }
  }

  /** @throws DeepError `not-found` */
  get(id: string): IStoredUpload {
    const [row] = this._store.read('SELECT * FROM uploads WHERE id = ?', id);
    if (!row) {
      throw new DeepError('not-found', `There is no upload ${id}.`, {
        hint: 'Choose the file again: uploads are kept for a day.'
      });
    }
    return JSON.parse(row.document);
  }

  fileOf(id: string): string {
    return path.join(this._store.folderOf('uploads', id), 'content');
  }

  /**
   * Add a piece. Pieces of one upload wait for each other.
   *
   * @throws WrongOffset when it does not begin where the last one ended; DeepError `too-large`, `no-space`.
   */
  add(id: string, offset: number, piece: Uint8Array): Promise<Upload> {
    const before = this._queues.get(id) ?? Promise.resolve();
    const added = before
      .catch(() => undefined)
      .then(() => this._add(id, offset, piece));
    this._queues.set(id, added);
    const forget = (): void => {
      if (this._queues.get(id) === added) {
        this._queues.delete(id);
      }
    };
    added.then(forget, forget);
    return added;
  }

  /** Remove what is older than a day. */
  async prune(): Promise<void> {
    const before = new Date(Date.now() - KEPT_MS).toISOString();
    const old = this._store.read(
      'SELECT id, document FROM uploads WHERE createdAt < ?',
      before
    );
    for (const { id } of old) {
      await this._store.removeFolder('uploads', String(id));
      this._store.write('DELETE FROM uploads WHERE id = ?', String(id));
    }
  }

  private async _add(
    id: string,
    offset: number,
    piece: Uint8Array
  ): Promise<Upload> {
    const upload = this.get(id);
    if (offset !== upload.receivedBytes) {
      throw new WrongOffset(upload);
    }
    const receivedBytes = offset + piece.length;
    if (receivedBytes > upload.sizeBytes) {
      throw new DeepError(
        'too-large',
        `More bytes came for ${upload.filename} than its announced ${upload.sizeBytes}.`,
        { hint: 'It may have changed meanwhile: upload it anew.' }
      );
    }
    await this._writeAt(upload, piece, offset);
    const grown = { ...upload, receivedBytes };
    this._store.write(
      'UPDATE uploads SET document = ? WHERE id = ?',
      JSON.stringify(grown),
      id
    );
    return grown;
  }

  private async _writeAt(
    { id }: Upload,
    piece: Uint8Array,
    offset: number
  ): Promise<void> {
    try {
      const file = await open(this.fileOf(id), offset === 0 ? 'w' : 'r+');
      try {
        await writeAll(file, piece, offset);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw storeFailure(error, this._store.folder);
    }
  }

  private readonly _queues = new Map<string, Promise<Upload>>();
}

/** A write may end early, as on a disk that is just becoming full; the next one then says why. */
async function writeAll(
  file: FileHandle,
  piece: Uint8Array,
  offset: number
): Promise<void> {
  let done = 0;
  while (done < piece.length) {
    const left = piece.length - done;
    const { bytesWritten } = await file.write(piece, done, left, offset + done);
    done += bytesWritten;
  }
}
