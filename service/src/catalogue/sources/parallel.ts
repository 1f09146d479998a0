/**
 * Work on every item, so many at a time, begun in their order.
 *
 * @param signal Ends it between two items; what is under way is waited for.
 * @throws the signal's reason, or what the first work that failed has thrown
 */
export async function eachInParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (
      let next = queue.next();
      !next.done && !hasFailed;
      next = queue.next()
    ) {
      signal?.throwIfAborted();
      await work(next.value);
    }
  };
  const workers = Array.from({ length: atOnce }, () =>
    worker().catch(error => {
      hasFailed = true;
      throw error;
    })
  );
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
