/** The results of works that go on at once; when one fails, its failure after all have ended, so that none is left behind. */
export async function together<T>(works: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
