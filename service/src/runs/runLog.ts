import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { Store } from '../store/store';

/** A log that would fill the disk says so and stops. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Where a run's log lies; not every run has one. */
export const logFileOf = (store: Store, id: string): string =>
  path.join(store.folderOf('runs', id), 'log');

/** Appends lines with their time to a run's log, many by one write. */
export class RunLog {
  constructor(private readonly _file: string) {}

  add(line: string): void {
    // Names of files may hold anything.
    const plain = line.replace(/[\x00-\x1f\x7f]/g, '\ufffd');
    this._held += `${new Date().toISOString()} ${plain}\n`;
    this._writing ??= this._write().finally(() => (this._writing = undefined));
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    while (this._writing) {
      await this._writing;
    }
  }

  private async _write(): Promise<void> {
    while (this._held !== '') {
      const isOver = this._bytes > MAX_BYTES;
      const text = isOver ? '' : this._held;
      this._held = '';
      this._bytes += Buffer.byteLength(text);
      const end =
        !isOver && this._bytes > MAX_BYTES
          ? 'The log ends here: too long.\n'
          : '';
      // A full disk shows in the transfer itself.
      await appendFile(this._file, text + end).catch(() => undefined);
    }
  }

  private _held = '';
  private _bytes = 0;
  private _writing?: Promise<void>;
}
