import { escapeHtml, IMimeBundle } from './bundle';
import { canUpdate, IOutputSlot, newSlot } from './output';

/** What takes less is not worth a line. */
const SHOW_AFTER_MS = 500;
const REFRESH_EVERY_MS = 500;

/** A line in the output, replaced in place. */
export interface IProgress {
  /** What is going on now. */
  update(text: string, share?: { done: number; total: number }): void;
  /** It is over. Nothing is shown when it was short. */
  end(text: string): void;
}

/**
 * A line that says what is going on and how long already, in place. It appears after half a second.
 *
 * ```ts
 * const line = display.progress('Reading files');
 * line.update('Reading files', { done: 3, total: 10 });
 * line.end('Read 10 files');
 * ```
 */
export class Progress implements IProgress {
  constructor(text: string) {
    this._text = text;
    this._timer = setInterval(
      () => this._show(),
      Math.min(SHOW_AFTER_MS, REFRESH_EVERY_MS)
    );
    // A forgotten line must not keep a script alive.
    this._timer.unref();
  }

  update(text: string, share?: { done: number; total: number }): void {
    this._text = text;
    this._share = share;
  }

  end(text: string): void {
    clearInterval(this._timer);
    if (this._slot) {
      this._share = undefined;
      this._slot.write(line(`${text} (${this._elapsed()})`));
    }
  }

  private _show(): void {
    if (this._slot && !canUpdate()) {
      // Plain standard output: one line at the start, one at the end.
      return;
    }
    this._slot ??= newSlot();
    const share = this._share;
    const counted = share ? ` ${share.done} of ${share.total}` : '';
    this._slot.write(
      line(`${this._text}${counted} … ${this._elapsed()}`, share)
    );
  }

  private _elapsed(): string {
    const seconds = (performance.now() - this._startedAt) / 1000;
    return seconds < 60
      ? `${seconds.toFixed(1)} s`
      : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  }

  private readonly _startedAt = performance.now();
  private readonly _timer: NodeJS.Timeout;
  private _share?: { done: number; total: number };
  private _slot?: IOutputSlot;
  private _text: string;
}

function line(
  text: string,
  share?: { done: number; total: number }
): IMimeBundle {
  const bar = share
    ? `<progress max="${share.total}" value="${share.done}"></progress> `
    : '';
  return {
    'text/plain': text,
    'text/html': `<span role="status">${bar}${escapeHtml(text)}</span>`
  };
}
