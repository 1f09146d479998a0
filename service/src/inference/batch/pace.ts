/** Enough to keep one worker of any module busy while the next request is on its way. */
const BEGIN = 4;
const MOST = 16;
/** A step up stays when it makes the module so much faster. */
const WORTH = 1.05;
/** What one measurement takes at least. */
const MEASURE_MS = 400;
const MEASURE_ITEMS = 16;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** However long a module asks for, it is asked again after this. */
const LONGEST_ASKED_MS = 600_000;

/**
 * How many items are asked for at once, and when none is. It steps up while that makes the module faster, since nobody
 * says how many workers a module has; it steps down and waits where the module is busy.
 */
export class Pace {
  constructor(
    private readonly _most = MOST,
    private readonly _now: () => number = () => performance.now(),
    private readonly _chance: () => number = Math.random
  ) {
    this._since = _now();
  }

  /** How many may be under way. */
  get limit(): number {
    return this._limit;
  }

  /** Milliseconds until the module may be asked again. */
  get waitMs(): number {
    return Math.max(0, this._notBefore - this._now());
  }

  /** An item was answered. */
  answered(): void {
    this._refusals = 0;
    this._answers += 1;
    const tookMs = this._now() - this._since;
    const enough = Math.max(MEASURE_ITEMS, 3 * this._limit);
    if (this._answers >= enough && tookMs >= MEASURE_MS) {
      this._judge(this._answers / tookMs);
      this._begin();
    }
  }

  /**
   * The module is busy or away.
   *
   * @param askedMs How long it wants to be left alone; 0 where it does not say.
   */
  refused(askedMs: number): void {
    // All that were under way are refused together: that is one refusal.
    if (this.waitMs === 0) {
      this._refusals += 1;
      this._limit = Math.max(1, this._limit >> 1);
      this._isSettled = false;
      this._bestRate = 0;
    }
    const ownMs = Math.min(
      LONGEST_PAUSE_MS,
      FIRST_PAUSE_MS * 2 ** (this._refusals - 1)
    );
    const pauseMs = askedMs > 0 ? Math.min(askedMs, LONGEST_ASKED_MS) : ownMs;
    // Several callers of one module shall not come back at the same moment.
    const at = this._now() + pauseMs * (1 + this._chance() / 4);
    this._notBefore = Math.max(this._notBefore, at);
    this._begin();
  }

  private _judge(rate: number): void {
    if (this._isSettled) {
      return;
    }
    if (rate > this._bestRate * WORTH) {
      this._bestRate = rate;
      this._lower = this._limit;
      this._limit = Math.min(this._most, Math.ceil(this._limit * 1.5));
      this._isSettled = this._limit === this._lower;
    } else {
      this._limit = this._lower;
      this._isSettled = true;
    }
  }

  private _begin(): void {
    this._answers = 0;
    this._since = this._now();
  }

  private _limit = BEGIN;
  private _lower = BEGIN;
  private _bestRate = 0;
  private _isSettled = false;
  private _refusals = 0;
  private _notBefore = 0;
  private _answers = 0;
  private _since: number;
}
