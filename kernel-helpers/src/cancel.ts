import { DeepError } from '@jupyterlab-deep/protocol';

/** @throws DeepError `cancelled` when the signal says so. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new DeepError('cancelled', 'Cancelled.', { cause: signal.reason });
  }
}

/** Wait for `work` unless the signal comes first; the work itself, which others may wait for too, goes on. */
export async function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined
): Promise<T> {
  throwIfCancelled(signal);
  if (!signal) {
    return work;
  }
  let stop = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stop = () =>
      reject(
        new DeepError('cancelled', 'Cancelled.', { cause: signal.reason })
      );
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, cancelled]).finally(() =>
    signal.removeEventListener('abort', stop)
  );
}
