/** "Bruteforce protection": failed logins of an address, in the last 30 minutes. */
export class Throttle {
  failed(address: string): void {
    this._failures.set(address, [...this._recent(address), Date.now()]);
  }

  isLocked(address: string): boolean {
    return this._recent(address).length >= MOST_FAILURES;
  }

  /** Milliseconds that the real server would wait; the stand-in says them and does not wait. */
  delayMs(address: string): number {
    const { length } = this._recent(address);
    return length === 0 ? 0 : Math.min(25_000, 100 * 2 ** length);
  }

  forgive(): void {
    this._failures.clear();
  }

  private _recent(address: string): number[] {
    const since = Date.now() - WINDOW_MS;
    return (this._failures.get(address) ?? []).filter(each => each > since);
  }

  private readonly _failures = new Map<string, number[]>();
}

const MOST_FAILURES = 10;
const WINDOW_MS = 1_800_000;
