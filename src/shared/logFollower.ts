import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

/** A piece of a log, and where the next one begins. */
export interface ILogPiece {
  text: string;
  next: number;
}

const LOOK_MS = 1000;
/** While it cannot be read. */
const RETRY_MS = 5000;
/** More than this nobody reads at once, and it costs memory: the whole log can be saved. */
const KEPT_CHARACTERS = 200_000;

/** Reads a log from its beginning and follows it while it grows. After a cut it goes on where it was. */
export class LogFollower implements IDisposable {
  constructor(private readonly _options: LogFollower.IOptions) {}

  get changed(): ISignal<LogFollower, void> {
    return this._changed;
  }

  /** What was read so far, its last part where it is long. */
  get text(): string {
    return this._text;
  }

  /** The beginning is left out. */
  get isCut(): boolean {
    return this._isCut;
  }

  /** Whether all that there is so far was read. */
  get isAtEnd(): boolean {
    return this._isAtEnd;
  }

  /** Why it cannot be read at the moment. */
  get failure(): unknown {
    return this._failure;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this.pause();
    Signal.clearData(this);
  }

  /** Read what there is; go on for as long as it grows. */
  follow(): void {
    if (!this._isFollowing && !this._isDisposed) {
      this._isFollowing = true;
      void this._look();
    }
  }

  /** Nobody looks. */
  pause(): void {
    this._isFollowing = false;
    clearTimeout(this._timer);
  }

  /** Look now instead of waiting: it may have grown, or can be read again. */
  lookNow(): void {
    if (this._isFollowing && !this._isLooking) {
      clearTimeout(this._timer);
      void this._look();
    }
  }

  /** All that was written so far. */
  async whole(): Promise<string> {
    const pieces: string[] = [];
    for (let offset = 0; ;) {
      const { text, next } = await this._options.read(offset);
      if (next <= offset) {
        return pieces.join('');
      }
      pieces.push(text);
      offset = next;
    }
  }

  private async _look(): Promise<void> {
    this._isLooking = true;
    const grew = await this._readPiece();
    this._isLooking = false;
    if (!this._isFollowing) {
      return;
    }
    if (grew) {
      // There may be more than one piece holds.
      this._timer = setTimeout(() => void this._look(), 0);
    } else if (this._failure !== null || this._options.grows()) {
      const waitMs = this._failure === null ? LOOK_MS : RETRY_MS;
      this._timer = setTimeout(() => void this._look(), waitMs);
    } else {
      this._isFollowing = false;
    }
  }

  private async _readPiece(): Promise<boolean> {
    const from = this._next;
    const hadFailure = this._failure !== null;
    let grew = false;
    try {
      const { text, next } = await this._options.read(from);
      grew = next > from;
      this._next = Math.max(next, from);
      this._take(text);
      this._failure = null;
    } catch (reason) {
      this._failure = reason;
    }
    const wasAtEnd = this._isAtEnd;
    this._isAtEnd = !grew && this._failure === null;
    const isNews =
      grew ||
      wasAtEnd !== this._isAtEnd ||
      hadFailure !== (this._failure !== null);
    if (isNews && !this._isDisposed) {
      this._changed.emit();
    }
    return grew;
  }

  private _take(text: string): void {
    const whole = this._text + text;
    this._text = whole.slice(-KEPT_CHARACTERS);
    this._isCut ||= whole.length > KEPT_CHARACTERS;
  }

  private readonly _changed = new Signal<LogFollower, void>(this);
  private _text = '';
  private _next = 0;
  private _isCut = false;
  private _isAtEnd = false;
  private _failure: unknown = null;
  private _isFollowing = false;
  private _isLooking = false;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

export namespace LogFollower {
  export interface IOptions {
    /** A piece from an offset on; an empty one at the end. */
    read: (offset: number) => Promise<ILogPiece>;

    /** Whether more may come. */
    grows: () => boolean;
  }
}
