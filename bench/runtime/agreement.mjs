/** How far our answers are those of Python. */
import { figure } from '../report.mjs';

/** What probabilities may differ by. */
const TOLERANCE = 0.02;

/** Largest difference of a picture's probabilities, over the classes that both name. */
function difference(ours, theirs) {
  const others = new Map(
    theirs.map(({ index, probability }) => [index, probability])
  );
  const shared = ours.filter(({ index }) => others.has(index));
  return Math.max(
    ...shared.map(({ index, probability }) =>
      Math.abs(probability - others.get(index))
    )
  );
}

/**
 * @param {object[][]} ours - Classes of each picture, best first.
 * @param {object[][]} theirs - The same of the peer.
 */
export function agreement(bench, ours, theirs) {
  const agreeing = ours.filter(
    ([best], picture) => best.index === theirs[picture][0].index
  );
  const largest = Math.max(
    ...ours.map((answer, picture) => difference(answer, theirs[picture]))
  );
  return [
    figure({
      bench,
      figure: 'top1_agreement',
      values: [agreeing.length / ours.length],
      unit: 'of 1',
      better: 'higher',
      goal: 1
    }),
    figure({
      bench,
      figure: 'probability_difference',
      values: [largest],
      unit: 'at most',
      better: 'lower',
      goal: TOLERANCE
    })
  ];
}
