const BARS = '▁▂▃▄▅▆▇█';
const MOST_BARS = 24;

/** The last numbers of a curve in one line of text, lowest to highest. */
export function sparkline(values: readonly number[]): string {
  const shown = values.slice(-MOST_BARS);
  const least = Math.min(...shown);
  const span = Math.max(...shown) - least;
  return shown
    .map(value => {
      // A line that is flat stands in the middle: full bars would be one block.
      const share = span > 0 ? (value - least) / span : 0.4;
      return BARS[Math.round(share * (BARS.length - 1))];
    })
    .join('');
}
