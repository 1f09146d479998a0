import { isAlive, startOf } from './processes';

/** What keeps the service alive beside its clients. */
export interface IActivity {
  /** Runs at work and streams that are read. */
  isBusy(): boolean;

  /** What an end would disturb: no stream, which its reader opens again at the next service. */
  isAtWork(): boolean;

  /** An update has replaced its program: parts that were not loaded yet are gone. */
  isReplaced(): Promise<boolean>;
}

const MAX_TICK_MS = 5_000;
const CLIENT = /^(?:jupyter|kernel):(\d+)$/;

/**
 * Knows which Jupyters and kernels use the service, and ends it some time after the last of them.
 * A client names its process with each request; its life is that of the process.
 */
export class Lifecycle {
  /**
   * @param idleMs How long nobody may be there.
   * @param onEnd Called once, with the reason: nobody was there for so long, or it is the service of before an update.
   */
  constructor(
    private readonly _activity: IActivity,
    private readonly _idleMs: number,
    private readonly _onEnd: (reason: string) => void
  ) {
    const tickMs = Math.max(50, Math.min(MAX_TICK_MS, _idleMs / 4));
    this._timer = setInterval(() => void this._tick(), tickMs);
  }

  get clients(): number {
    return this._clients.size;
  }

  /** A request came, with or without the header `jupyter:<pid>` or `kernel:<pid>`. */
  seen(client: string | undefined): void {
    this._lastUsedAt = Date.now();
    const pid = Number(CLIENT.exec(client ?? '')?.[1] ?? 0);
    if (pid > 0 && !this._clients.has(pid)) {
      this._clients.set(pid, undefined);
      void this._identify(pid);
    }
  }

  stop(): void {
    clearInterval(this._timer);
  }

  private async _identify(pid: number): Promise<void> {
    const start = await startOf(pid);
    if (start === undefined) {
      // A process of another host or container: only its requests show that it lives.
      this._clients.delete(pid);
    } else {
      this._clients.set(pid, start);
    }
  }

  private async _tick(): Promise<void> {
    for (const [pid, start] of this._clients) {
      if (start !== undefined && !(await isAlive(pid, start))) {
        this._clients.delete(pid);
        this._lastUsedAt = Date.now();
      }
    }
    if (this._clients.size > 0 || this._activity.isBusy()) {
      this._lastUsedAt = Date.now();
    }
    if (Date.now() - this._lastUsedAt >= this._idleMs) {
      this._end('nobody needs it any more');
    } else if (
      !this._activity.isAtWork() &&
      (await this._activity.isReplaced())
    ) {
      this._end('it was updated; the next request starts the new one');
    }
  }

  private _end(reason: string): void {
    if (!this._isOver) {
      this._isOver = true;
      this.stop();
      this._onEnd(reason);
    }
  }

  private readonly _clients = new Map<number, string | undefined>();
  private readonly _timer: NodeJS.Timeout;
  private _lastUsedAt = Date.now();
  private _isOver = false;
}
