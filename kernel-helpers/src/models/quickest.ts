/** Every so often another way is tried again: what else runs on the machine changes. */
const RETRY_EVERY = 16;
/** Measurements of each way that count. */
const REMEMBERED = 3;

const mean = (values: number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Chooses between ways of doing the same work by how long they took lately. Several threads are the quickest way on a machine of
 * one's own; beside other busy programs they wait for each other, and one thread is quicker.
 */
export class Quickest {
  /** @param count - Number of ways. */
  constructor(count: number) {
    this._latestMs = Array.from({ length: count }, () => []);
  }

  /** The number of the way to take now. First each is taken some times. */
  choose(): number {
    const ways = this._latestMs;
    const unknown = ways.findIndex(({ length }) => length < REMEMBERED);
    if (unknown >= 0) {
      return unknown;
    }
    this._choices += 1;
    const means = ways.map(mean);
    const best = means.indexOf(Math.min(...means));
    const isRetry = this._choices % RETRY_EVERY === 0;
    return isRetry ? (best + 1) % ways.length : best;
  }

  /** How long a way took this time. */
  record(way: number, ms: number): void {
    const latest = this._latestMs[way];
    latest.push(ms);
    latest.splice(0, latest.length - REMEMBERED);
  }

  private readonly _latestMs: number[][];
  private _choices = 0;
}
