/** How often each class was found for each class that it was. */
export interface IConfusion {
  labels: string[];
  /** Row: the class that it was; column: the class that was found. Absent beyond 200 classes. */
  rows?: number[][];
  /** Of each class: the share found rightly, and the share of what was found that is right. */
  recall: (number | null)[];
  precision: (number | null)[];
}

/** Larger matrices are no use to people, and weigh on every answer. */
const MOST_CLASSES = 200;

/** @param actual, found - Classes by number, picture by picture. */
export function confusionOf(
  labels: string[],
  actual: ArrayLike<number>,
  found: ArrayLike<number>
): IConfusion {
  const size = labels.length;
  const counts = new Uint32Array(size * size);
  for (let index = 0; index < actual.length; index++) {
    counts[actual[index] * size + found[index]]++;
  }
  const share = (right: number, all: number): number | null =>
    all > 0 ? right / all : null;
  const rows = labels.map((_, row) => [
    ...counts.subarray(row * size, (row + 1) * size)
  ]);
  return {
    labels,
    ...(size <= MOST_CLASSES ? { rows } : {}),
    recall: labels.map((_, at) =>
      share(
        rows[at][at],
        rows[at].reduce((a, b) => a + b, 0)
      )
    ),
    precision: labels.map((_, at) =>
      share(
        rows[at][at],
        rows.reduce((sum, row) => sum + row[at], 0)
      )
    )
  };
}
