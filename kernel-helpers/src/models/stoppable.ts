import { DeepError } from '@jupyterlab-deep/protocol';

/** Tells a worker that nobody waits for what it is doing. */
export type StopFlag = Int32Array;

export const isStopped = (flag: StopFlag): boolean => Atomics.load(flag, 0) > 0;

const cancelled = (): DeepError =>
  new DeepError('cancelled', 'The prediction was cancelled.');

/** Work in a worker that looks at a flag from time to time, so that cancelling it frees the worker. */
export class Stoppable {
  /** Runs `work`; when the signal fires the flag is raised, and the caller has the failure at once. */
  async run<R>(
    signal: AbortSignal | undefined,
    work: (flag: StopFlag) => Promise<R>
  ): Promise<R> {
    if (signal?.aborted) {
      throw cancelled();
    }
    const flag = new Int32Array(new SharedArrayBuffer(4));
    this._running.add(flag);
    let stop: () => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = () => {
        Atomics.store(flag, 0, 1);
        reject(cancelled());
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work(flag), stopped]);
    } finally {
      signal?.removeEventListener('abort', stop);
      this._running.delete(flag);
    }
  }

  /** Raises the flags of all that run. */
  stopAll(): void {
    this._running.forEach(flag => Atomics.store(flag, 0, 1));
  }

  private readonly _running = new Set<StopFlag>();
}

/** For the worker: fails when nobody waits any more. */
export function checkStopped(flag: StopFlag): void {
  if (isStopped(flag)) {
    throw cancelled();
  }
}
