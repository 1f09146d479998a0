/** Carries out a bounded number of works at a time; the first failure stops who hands in more. */
export class Pool {
  constructor(private readonly _limit: number) {}

  /** Resolves when there is room for the next. */
  async add(work: () => Promise<void>): Promise<void> {
    while (this._underWay.size >= this._limit) {
      await Promise.race(this._underWay);
    }
    this._throw();
    const going = work()
      .catch(error => {
        this._trouble ??= { error };
      })
      .finally(() => this._underWay.delete(going));
    this._underWay.add(going);
  }

  /** Resolves when all have ended. */
  async end(): Promise<void> {
    await this.settle();
    this._throw();
  }

  /** As `end`, whatever happened. */
  async settle(): Promise<void> {
    await Promise.all(this._underWay);
  }

  private _throw(): void {
    if (this._trouble) {
      throw this._trouble.error;
    }
  }

  private readonly _underWay = new Set<Promise<void>>();
  private _trouble?: { error: unknown };
}
