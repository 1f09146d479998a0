import { appendFile, stat, truncate } from 'node:fs/promises';
import { isNoSpace } from '../store/diskErrors';
import { DeploymentRecords } from './records';
import type { ITarget } from './targets/target';

/** The log of a deployment that lies here, whatever its target does with its own. */
export class TargetLog {
  constructor(
    private readonly _id: string,
    private readonly _file: string,
    private readonly _records: DeploymentRecords
  ) {}

  /** A killed service may have written lines without noting that it has: they are read again. */
  async resume(): Promise<void> {
    const { log } = this._records.placement(this._id) ?? {};
    if (log && (await this._size()) > log.sizeBytes) {
      await truncate(this._file, log.sizeBytes);
    }
  }

  /** What is done for it before there is a log at its target. */
  write(text: string): Promise<void> {
    const line = text.endsWith('\n') ? text : `${text}\n`;
    return this._inOrder(() => appendFile(this._file, line, { mode: 0o600 }));
  }

  /** Bring what is new at its target; what cannot be read now is read the next time. */
  async bring(
    target: ITarget,
    handle: string,
    signal: AbortSignal
  ): Promise<void> {
    const { log } = this._records.placement(this._id) ?? {};
    const { text, next } = await target.readLog(handle, log?.next, signal);
    if (next === log?.next && !text) {
      return;
    }
    await this._inOrder(() => appendFile(this._file, text, { mode: 0o600 }));
    const sizeBytes = await this._size();
    this._records.place(this._id, { log: { next, sizeBytes } });
  }

  /** It begins anew at its target, and its log there with it. */
  restart(): void {
    this._records.place(this._id, { log: undefined });
  }

  private async _size(): Promise<number> {
    try {
      return (await stat(this._file)).size;
    } catch {
      // Nothing was written yet.
      return 0;
    }
  }

  private _inOrder(write: () => Promise<void>): Promise<void> {
    this._last = this._last.then(write).catch(error => {
      // A full disk may not stop the work.
      if (!isNoSpace(error)) {
        throw error;
      }
    });
    return this._last;
  }

  private _last: Promise<void> = Promise.resolve();
}
