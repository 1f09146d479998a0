/** Every so often the slower way is tried again: what else runs on the machine changes. */
const RETRY_EVERY = 32;
/** Of a new measurement in the running mean. */
const WEIGHT = 0.2;

/**
 * Chooses between ways of doing the same work by how long they took lately. Several threads are the quickest way on a machine of
 * one's own; beside other busy programs they wait for each other, and one thread is quicker.
 */
export class Quickest {
  /** @param count - Number of ways. */
  constructor(count: number) {
    this._meansMs = Array.from({ length: count }, () => 0);
  }

  /** The number of the way to take now. A way that was never taken comes first. */
  choose(): number {
    this._choices += 1;
    const best = this._meansMs.indexOf(Math.min(...this._meansMs));
    const isRetry = this._choices % RETRY_EVERY === 0;
    return isRetry ? (best + 1) % this._meansMs.length : best;
  }

  /** How long a way took this time. */
  record(way: number, ms: number): void {
    const mean = this._meansMs[way];
    this._meansMs[way] = mean === 0 ? ms : mean + WEIGHT * (ms - mean);
  }

  private readonly _meansMs: number[];
  private _choices = 0;
}
