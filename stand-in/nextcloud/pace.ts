import { setTimeout as sleep } from 'node:timers/promises';

/** The written model of a PHP server that benchmarks run against. */
export interface IPace {
  workers: number;
  requestMs: number;
  /** For each entry of a listing: 10,000 take half a second. */
  entryMs: number;
  /** For each file that a bulk upload writes and that a ZIP reads; 0 in the project's model. */
  bulkFileMs: number;
  zipFileMs: number;
}

export const phpPace = (): IPace => ({
  workers: 4,
  requestMs: 35,
  entryMs: 0.05,
  bulkFileMs: 0,
  zipFileMs: 0
});

/** So many requests at once; the others queue. */
export class Workers {
  constructor(count: number) {
    this._free = count;
  }

  async take(): Promise<() => void> {
    if (this._free === 0) {
      await new Promise<void>(resolve => this._queue.push(resolve));
    } else {
      this._free--;
    }
    return () => this._release();
  }

  private _release(): void {
    const next = this._queue.shift();
    if (next) {
      next();
    } else {
      this._free++;
    }
  }

  private _free: number;
  private readonly _queue: (() => void)[] = [];
}

/** Wait as long as the model's server works. */
export async function work(ms: number): Promise<void> {
  if (ms > 0) {
    await sleep(ms);
  }
}
