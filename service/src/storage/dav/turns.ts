/** So many at once; the others wait in the order they came. */
export class Turns {
  constructor(private _free: number) {}

  /** @returns how the turn is given back. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this._free > 0) {
      this._free--;
    } else {
      await this._wait(signal);
    }
    let isGiven = false;
    return () => {
      if (!isGiven) {
        isGiven = true;
        this._next();
      }
    };
  }

  private _wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this._waiting.splice(this._waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this._waiting.push(go);
    });
  }

  private _next(): void {
    const next = this._waiting.shift();
    if (next) {
      next();
    } else {
      this._free++;
    }
  }

  private readonly _waiting: (() => void)[] = [];
}
