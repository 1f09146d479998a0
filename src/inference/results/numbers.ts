const language = (): string | undefined =>
  document.documentElement.lang || undefined;

/** `69 %`; below one percent one more digit. */
export function percent(probability: number): string {
  return new Intl.NumberFormat(language(), {
    style: 'percent',
    maximumFractionDigits: probability < 0.01 ? 2 : probability < 0.1 ? 1 : 0
  }).format(probability);
}

/** A number as it is read: five digits are enough. */
export const formatNumber = (value: number): string =>
  new Intl.NumberFormat(language(), { maximumSignificantDigits: 5 }).format(
    value
  );

/** A count with separators. */
export const formatCount = (count: number): string =>
  new Intl.NumberFormat(language()).format(count);

/** A score: of probabilities as percent, of anything else as it is. */
export const formatScore = (score: number): string =>
  score >= 0 && score <= 1 ? percent(score) : formatNumber(score);
