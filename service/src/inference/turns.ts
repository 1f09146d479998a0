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
    signal.throwIfAborted();
    const group = this._groups.get(name) ?? { running: 0, waiting: [] };
    this._groups.set(name, group);
    if (group.running >= this._atOnce) {
      await waitIn(group, signal);
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

/** Who is called back leaves the queue at once, not when its turn comes. */
function waitIn({ waiting }: IGroup, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      waiting.splice(waiting.indexOf(begin), 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.push(begin);
  });
}
