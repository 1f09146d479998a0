import type { IAttempt } from './failures';

/** Above it timers of Node end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * What ends a call early: the caller's signal, or its time. Made by hand, since `AbortSignal.timeout` and `AbortSignal.any` hold
 * their timers and listeners until the time is over, which for thousands of calls of half an hour each is too much.
 */
export class Limit {
  constructor({ signal, timeoutMs }: Pick<IAttempt, 'signal' | 'timeoutMs'>) {
    this._outer = signal;
    this._timer = setTimeout(
      () => {
        this._isOver = true;
        this._controller.abort(timeout());
      },
      Math.min(timeoutMs, MAX_TIMER_MS)
    );
    if (signal?.aborted) {
      this._onAbort();
    }
    signal?.addEventListener('abort', this._onAbort);
  }

  get signal(): AbortSignal {
    return this._controller.signal;
  }

  /** What ended the call: its time, or what the call itself failed with. */
  reason(error: unknown): unknown {
    return this._isOver ? this.signal.reason : error;
  }

  /** Let go of timer and signal. */
  end(): void {
    clearTimeout(this._timer);
    this._outer?.removeEventListener('abort', this._onAbort);
  }

  private readonly _onAbort = (): void =>
    this._controller.abort(this._outer?.reason);

  private readonly _controller = new AbortController();
  private readonly _outer?: AbortSignal;
  private readonly _timer: NodeJS.Timeout;
  private _isOver = false;
}

const timeout = (): DOMException =>
  new DOMException('The time is over', 'TimeoutError');
