import { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 20_000;
/** Jupyter's proxy cuts a stream silently at 100 MiB and after two hours. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MS = 90 * 60_000;
/** What may wait for a slow reader in memory. */
const MAX_WAITING_BYTES = 1024 * 1024;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff'
};

/** One reader of the events. Ending it loses nothing: it comes back and resumes. */
export class EventConnection {
  /** @param onEnd Called once when the reader is gone. */
  constructor(
    private readonly _response: ServerResponse,
    onEnd: () => void
  ) {
    _response.writeHead(200, HEADERS);
    const heartbeat = setInterval(() => this.send(': \n\n'), HEARTBEAT_MS);
    const limit = setTimeout(() => this.end(), MAX_MS);
    _response.on('close', () => {
      clearInterval(heartbeat);
      clearTimeout(limit);
      onEnd();
    });
  }

  send(text: string): void {
    if (this._response.writableEnded) {
      return;
    }
    this._sentBytes += Buffer.byteLength(text);
    this._response.write(text);
    if (this._response.writableLength > MAX_WAITING_BYTES) {
      // It does not read: `end` would keep what waits for it.
      this._response.destroy();
    } else if (this._sentBytes > MAX_BYTES) {
      this.end();
    }
  }

  end(): void {
    this._response.end();
  }

  private _sentBytes = 0;
}
