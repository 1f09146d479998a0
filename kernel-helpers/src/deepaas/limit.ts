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
    const limitMs = Math.min(timeoutMs, MAX_TIMER_MS);
    this._timer = setTimeout(() => this._stop(timeOver()), limitMs);
    if (signal?.aborted) {
      this._stop(signal.reason);
    }
    signal?.addEventListener('abort', this._onAbort);
  }

  /** Call back when the call has to end, at once if it is so already; one listener at a time. */
  onStop(listener: (reason: unknown) => void): void {
    this._listener = listener;
    if (this._isStopped) {
      listener(this._reason);
    }
  }

  /** The same as a signal. */
  get signal(): AbortSignal {
    const controller = new AbortController();
    this.onStop(reason => controller.abort(reason));
    return controller.signal;
  }

  /** What ended the call: its time, or what the call itself failed with. */
  reason(error: unknown): unknown {
    return this._isStopped ? this._reason : error;
  }

  /** Let go of timer and signal. */
  end(): void {
    clearTimeout(this._timer);
    this._outer?.removeEventListener('abort', this._onAbort);
  }

  private _stop(reason: unknown): void {
    if (!this._isStopped) {
      this._isStopped = true;
      this._reason = reason;
      this._listener?.(reason);
    }
  }

  private readonly _onAbort = (): void => this._stop(this._outer?.reason);

  private readonly _outer?: AbortSignal;
  private readonly _timer: NodeJS.Timeout;
  private _listener?: (reason: unknown) => void;
  private _isStopped = false;
  private _reason: unknown;
}

const timeOver = (): DOMException =>
  new DOMException('The time is over', 'TimeoutError');
