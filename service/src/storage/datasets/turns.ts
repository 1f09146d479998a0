/** Works that must not go on at the same time wait for each other, by key. */
export class Turns {
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this._last.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined
    );
    this._last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this._last.get(key) === settled) {
        this._last.delete(key);
      }
    }
  }

  private readonly _last = new Map<string, Promise<void>>();
}
