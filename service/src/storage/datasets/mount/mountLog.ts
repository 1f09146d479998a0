import { FSWatcher, watch } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';

const PIECE_BYTES = 256 * 1024;
const MAX_BYTES = 4 * 1024 * 1024;
/** `couldn't list files: 401 Not Authorized`: status and reason, or the class that Nextcloud names; not a file called 401. */
const REFUSED =
  /\b401 (Unauthorized|Not Authorized|(Authorization|Authentication) Required)|Exception\\+NotAuthenticated/i;

/** Reads what rclone writes to its log as it comes: it is the only one that hears of a refused password first. */
export class MountLog {
  /** @param onRefused The server answered 401. Called once. */
  constructor(
    readonly file: string,
    private readonly _onRefused: () => void
  ) {}

  /** Read on from here; what was written before counts only with `fromStart`. */
  async follow({ fromStart = false } = {}): Promise<void> {
    const { size } = await stat(this.file);
    this._offset = fromStart ? 0 : size;
    this._watcher = watch(this.file, () => void this.look());
    await this.look();
  }

  /** Read what is new. */
  look(): Promise<void> {
    this._reading = this._reading.then(() => this._read());
    return this._reading;
  }

  stop(): void {
    this._watcher?.close();
    this._isStopped = true;
  }

  /** The last lines, without what programs need. */
  async tail(lines: number): Promise<string> {
    const text = await this._piece(-PIECE_BYTES);
    return text
      .split('\n')
      .filter(Boolean)
      .slice(-lines)
      .map(wordsOf)
      .join('\n');
  }

  private async _read(): Promise<void> {
    const text = this._isStopped ? '' : await this._piece(this._offset);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this._offset += Buffer.byteLength(whole);
    if (REFUSED.test(whole)) {
      this.stop();
      this._onRefused();
    } else if (whole && this._offset > MAX_BYTES) {
      // rclone appends, so that it goes on at the new end.
      await truncate(this.file);
      this._offset = 0;
    }
  }

  /** @param from Negative: so far from the end. */
  private async _piece(from: number): Promise<string> {
    const handle = await open(this.file, 'r');
    try {
      const { size } = await handle.stat();
      const start = from < 0 ? Math.max(0, size + from) : from;
      const buffer = Buffer.alloc(
        Math.min(PIECE_BYTES, Math.max(0, size - start))
      );
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  private _offset = 0;
  private _reading: Promise<void> = Promise.resolve();
  private _watcher?: FSWatcher;
  private _isStopped = false;
}

function wordsOf(line: string): string {
  try {
    const { time, level, msg, object } = JSON.parse(line);
    return [time, level, object, msg].filter(Boolean).join(' ');
  } catch {
    // What rclone says before it knows how to write its log.
    return line;
  }
}
