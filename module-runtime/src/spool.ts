import { DeepError } from '@jupyterlab-deep/protocol';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

/** What all requests together keep in memory; beyond it uploads go to disk at once. */
const MEMORY_BYTES = 64 * 1024 ** 2;
/** What one upload keeps in memory. */
const FILE_MEMORY_BYTES = 8 * 1024 ** 2;

let inMemoryBytes = 0;

/** One uploaded file: in memory while it is small, in a temporary file of ours when it is not. */
export class Spool {
  constructor(private readonly _maxBytes: number) {}

  get sizeBytes(): number {
    return this._sizeBytes;
  }

  /** @throws DeepError `too-large`, `no-space` */
  async write(chunk: Buffer): Promise<void> {
    this._sizeBytes += chunk.length;
    if (this._sizeBytes > this._maxBytes) {
      const limit = Math.round(this._maxBytes / 1024 ** 2);
      throw new DeepError('too-large', `The file has more than ${limit} MB.`, {
        hint: 'Use a smaller one.'
      });
    }
    if (this._file) {
      await this._append(chunk);
      return;
    }
    this._chunks.push(chunk);
    inMemoryBytes += chunk.length;
    if (this._sizeBytes > FILE_MEMORY_BYTES || inMemoryBytes > MEMORY_BYTES) {
      await this._moveToDisk();
    }
  }

  /** The content, or the path of the file that holds it. */
  async finish(): Promise<Buffer | string> {
    await this._file?.close();
    this._file = undefined;
    return this._folder
      ? path.join(this._folder, 'upload')
      : this._chunks.length === 1
        ? this._chunks[0]
        : Buffer.concat(this._chunks);
  }

  /** Frees memory and disk. */
  async dispose(): Promise<void> {
    this._forgetChunks();
    await this._file?.close();
    this._file = undefined;
    if (this._folder) {
      await rm(this._folder, { recursive: true, force: true });
    }
  }

  private async _moveToDisk(): Promise<void> {
    const parent = path.join(os.tmpdir(), 'deep-upload-');
    try {
      this._folder = await mkdtemp(parent);
      this._file = await open(path.join(this._folder, 'upload'), 'wx', 0o600);
    } catch (error) {
      throw noSpace(error);
    }
    await this._append(Buffer.concat(this._chunks));
    this._forgetChunks();
  }

  private async _append(bytes: Buffer): Promise<void> {
    try {
      await this._file!.appendFile(bytes);
    } catch (error) {
      throw noSpace(error);
    }
  }

  private _forgetChunks(): void {
    inMemoryBytes -= this._chunks.reduce((sum, { length }) => sum + length, 0);
    this._chunks = [];
  }

  private _chunks: Buffer[] = [];
  private _sizeBytes = 0;
  private _folder?: string;
  private _file?: FileHandle;
}

const noSpace = (error: unknown): DeepError =>
  new DeepError(
    'no-space',
    `The upload could not be kept in ${os.tmpdir()}: ${(error as Error).message}.`,
    { hint: 'Free space there and try again.', cause: error }
  );
