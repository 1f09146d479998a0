import type { IDisposable } from '@lumino/disposable';

/** How long a page may be hidden before it gives its stream up. */
const HIDDEN_MS = 60_000;

/**
 * Tells when nobody looks at this page.
 *
 * A browser allows six connections to one server over HTTP/1.1, and each open stream keeps one:
 * six Labs in hidden tabs would leave none for anything else.
 */
export class PageStandby implements IDisposable {
  constructor() {
    document.addEventListener('visibilitychange', this._onChange);
  }

  /** Called when the page has been hidden for a minute. */
  onStandby: () => void = () => undefined;

  get isStandingBy(): boolean {
    return this._isStandingBy;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('visibilitychange', this._onChange);
    clearTimeout(this._timer);
    this._resume();
  }

  /** Resolves when the page may be seen. */
  async visible(): Promise<void> {
    if (this._isStandingBy) {
      await new Promise<void>(resolve => {
        this._waiting.push(resolve);
      });
    }
  }

  private readonly _onChange = () => {
    clearTimeout(this._timer);
    if (document.visibilityState === 'hidden') {
      this._timer = setTimeout(() => {
        this._isStandingBy = true;
        this.onStandby();
      }, HIDDEN_MS);
    } else {
      this._resume();
    }
  };

  private _resume(): void {
    this._isStandingBy = false;
    this._waiting.splice(0).forEach(resolve => resolve());
  }

  private readonly _waiting: Array<() => void> = [];
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isStandingBy = false;
  private _isDisposed = false;
}
