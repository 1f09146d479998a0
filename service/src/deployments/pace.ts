/** How long is waited between two looks: soon after news, seldom when it is quiet. */
const RESTS_MS = { news: 1_000, quiet: 5_000 };
/** Whoever does not answer is asked less and less often. */
const AWAY_MS = { first: 1_000, longest: 30_000 };

/** Turns of something that is looked at again and again, and may be hurried. */
export class Pace {
  /** Wait until the next turn is due, or somebody hurries it. */
  async rest(kind: Pace.IKind): Promise<void> {
    this._awayMs = kind === 'away' ? this._nextAwayMs : 0;
    const waitMs = kind === 'away' ? this._awayMs : RESTS_MS[kind];
    const timer = setTimeout(() => this._due.resolve(), waitMs);
    await this._due.promise;
    clearTimeout(timer);
    this._due = Promise.withResolvers<void>();
  }

  hurry(): void {
    this._due.resolve();
  }

  /** Hurry, and wait until a turn that begins after now has ended. */
  async nextTurn(): Promise<void> {
    const present = this._turn.promise;
    this.hurry();
    await present;
    const next = this._turn.promise;
    this.hurry();
    await next;
  }

  endTurn(): void {
    this._turn.resolve();
    this._turn = Promise.withResolvers<void>();
  }

  private get _nextAwayMs(): number {
    return this._awayMs === 0
      ? AWAY_MS.first
      : Math.min(AWAY_MS.longest, this._awayMs * 2);
  }

  private _due = Promise.withResolvers<void>();
  private _turn = Promise.withResolvers<void>();
  private _awayMs = 0;
}

export namespace Pace {
  export type IKind = 'news' | 'quiet' | 'away';
}
