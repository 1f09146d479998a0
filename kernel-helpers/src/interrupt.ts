/**
 * Run `work` with a signal that also fires on the notebook's stop button.
 * Only where somebody already handles SIGINT, as the kernel does: a plain script shall end on Ctrl-C as ever.
 */
export async function interruptible<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>
): Promise<T> {
  // While a cell's own lines run, Node takes all listeners of SIGINT away (`breakOnSigint`); they are back when it waits.
  await undefined;
  if (process.listenerCount('SIGINT') === 0) {
    return work(signal);
  }
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  try {
    return await work(
      signal ? AbortSignal.any([signal, controller.signal]) : controller.signal
    );
  } finally {
    process.removeListener('SIGINT', stop);
  }
}
