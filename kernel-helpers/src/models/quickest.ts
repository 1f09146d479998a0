/** Every so often another way is tried again: what else runs on the machine changes. */
const RETRY_EVERY = 32;
/** Measurements of each way that count. */
const REMEMBERED = 5;

/** Not the mean: one pause of the machine says nothing about a way. */
const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

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
    const medians = ways.map(median);
    const best = medians.indexOf(Math.min(...medians));
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
