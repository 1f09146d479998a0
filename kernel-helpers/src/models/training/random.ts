/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The values in another order (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/** Which pictures to learn from, and which to check with. */
export interface ISplit {
  training: number[];
  validation: number[];
}

/**
 * Splits each class in the same proportion; at least one picture of a class goes to each side.
 *
 * @param labels - Class of each picture; every class has two at least.
 * @param share - Of the pictures to check with, between 0 and 1.
 */
export function stratifiedSplit(
  labels: readonly number[],
  share: number,
  seed: number
): ISplit {
  const random = seededRandom(seed);
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = byClass.get(label) ?? [];
    members.push(index);
    byClass.set(label, members);
  });
  const split: ISplit = { training: [], validation: [] };
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const members = shuffled(byClass.get(label)!, random);
    const wanted = Math.round(members.length * share);
    const count = Math.max(1, Math.min(members.length - 1, wanted));
    split.validation.push(...members.slice(0, count));
    split.training.push(...members.slice(count));
  }
  return split;
}
