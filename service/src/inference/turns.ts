interface IGroup {
  running: number;
  waiting: (() => void)[];
}

/** Lets so many of one group work at once; the others wait in order. */
export class Turns {
  constructor(private readonly _atOnce: number) {}

  /** @throws The signal's reason, when it comes before the turn. */
  async take<T>(
    name: string,
    signal: AbortSignal,
    work: () => Promise<T>
  ): Promise<T> {
    const group = this._groups.get(name) ?? { running: 0, waiting: [] };
    this._groups.set(name, group);
    if (group.running >= this._atOnce) {
      await new Promise<void>(resolve => group.waiting.push(resolve));
    } else {
      group.running += 1;
    }
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this._pass(group);
    }
  }

  /** A turn goes on to who waits longest, so `running` stays as it is. */
  private _pass(group: IGroup): void {
    const next = group.waiting.shift();
    if (next) {
      next();
    } else {
      group.running -= 1;
    }
  }

  private readonly _groups = new Map<string, IGroup>();
}
