/** What a rate is measured over: long enough to be steady, short enough to be of now. */
const WINDOW_MS = 10_000;
const STEP_MS = 500;

/** How many items a second end at present. */
export class Speed {
  constructor(private readonly _now: () => number = () => performance.now()) {
    this.restart(0);
  }

  /** Nothing was done for a while, as in a pause. */
  restart(done: number): void {
    this._marks = [{ at: this._now(), done }];
  }

  /** @param done Items that have ended so far. */
  mark(done: number): void {
    const at = this._now();
    if (at - this._marks[this._marks.length - 1].at >= STEP_MS) {
      this._marks.push({ at, done });
    }
    while (this._marks.length > 2 && at - this._marks[1].at > WINDOW_MS) {
      this._marks.shift();
    }
  }

  /** Items a second; undefined until there is something to go by. */
  ratePerS(done: number): number | undefined {
    const [first] = this._marks;
    const tookMs = this._now() - first.at;
    const ended = done - first.done;
    return tookMs < STEP_MS || ended <= 0 ? undefined : (ended / tookMs) * 1000;
  }

  private _marks: { at: number; done: number }[] = [];
}
