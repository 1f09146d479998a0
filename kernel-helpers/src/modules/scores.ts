/** A label with its probability. */
export interface IScore {
  label: string;
  /** 0 to 1. */
  probability: number;
}

/**
 * The classes in an answer, by the conventions of DEEP modules: `labels` with `probabilities` (or numeric `predictions`)
 * of the same length, or `predictions` as objects with a label and a score.
 *
 * @returns best first; empty when the answer is no classification.
 */
export function scoresIn(value: unknown): IScore[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { labels, probabilities, predictions } = value as Record<
    string,
    unknown
  >;
  const found =
    paired(labels, probabilities) ??
    paired(labels, predictions) ??
    listed(predictions) ??
    [];
  return found.sort((a, b) => b.probability - a.probability);
}

function paired(labels: unknown, numbers: unknown): IScore[] | undefined {
  const fit =
    Array.isArray(labels) &&
    Array.isArray(numbers) &&
    labels.length === numbers.length &&
    numbers.every(number => typeof number === 'number');
  return fit
    ? labels.map((label, index) => ({
        label: String(label),
        probability: numbers[index]
      }))
    : undefined;
}

function listed(predictions: unknown): IScore[] | undefined {
  if (!Array.isArray(predictions)) {
    return undefined;
  }
  const scores = predictions.flatMap(item => {
    const { label, probability, score } = (item ?? {}) as Record<
      string,
      unknown
    >;
    const number = probability ?? score;
    return label !== undefined && typeof number === 'number'
      ? [{ label: String(label), probability: number }]
      : [];
  });
  return scores.length === predictions.length ? scores : undefined;
}
