import { DeepError } from '@jupyterlab-deep/protocol';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { release, reserve, UPLOAD_MEMORY_BYTES } from './memoryBudget';

const noSpace = (error: unknown): DeepError =>
  new DeepError(
    'no-space',
    `The upload could not be kept in ${os.tmpdir()}: ${(error as Error).message}.`,
    { hint: 'Free space there and try again.', cause: error }
  );

/** One uploaded file: in memory while it is small, in a temporary file of ours when it is not. */
export class Spool {
  constructor(private readonly _maxBytes: number) {}

  /** @throws DeepError `too-large`, `no-space` */
  async write(chunk: Buffer): Promise<void> {
    this._sizeBytes += chunk.length;
    if (this._sizeBytes > this._maxBytes) {
      const limit = Math.round(this._maxBytes / 1024 ** 2);
      throw new DeepError('too-large', `The file has more than ${limit} MB.`, {
        hint: 'Use a smaller one.'
      });
    }
    const isSmall = this._sizeBytes <= UPLOAD_MEMORY_BYTES;
    if (!this._file && isSmall && reserve(chunk.length)) {
      this._chunks.push(chunk);
      return;
    }
    if (!this._file) {
      await this._moveToDisk();
    }
    await this._append(chunk);
  }

  /** The content, or the path of the file that holds it. */
  async finish(): Promise<Buffer | string> {
    await this._close();
    return this._folder
      ? path.join(this._folder, 'upload')
      : Buffer.concat(this._chunks);
  }

  /** Frees memory and disk. */
  async dispose(): Promise<void> {
    this._forgetChunks();
    await this._close();
    if (this._folder) {
      await rm(this._folder, { recursive: true, force: true });
    }
  }

  private async _moveToDisk(): Promise<void> {
    const prefix = path.join(os.tmpdir(), 'deep-upload-');
    try {
      this._folder = await mkdtemp(prefix);
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

  private async _close(): Promise<void> {
    await this._file?.close();
    this._file = undefined;
  }

  private _forgetChunks(): void {
    release(this._chunks.reduce((sum, { length }) => sum + length, 0));
    this._chunks = [];
  }

  private _chunks: Buffer[] = [];
  private _sizeBytes = 0;
  private _folder?: string;
  private _file?: FileHandle;
}
