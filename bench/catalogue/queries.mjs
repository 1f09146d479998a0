/** What people type: words of the catalogue letter by letter, two words, and words with a mistake. */
import { mixedMetadata } from './mixed.mjs';

const WORDS = 40;
const MIN_LENGTH = 4;
/** Any numbers without a common divisor walk through the list. */
const STEP = 37;

/** @returns {string[]} in the order of typing; the same for the same data. */
export function typedQueries(data) {
  const some = mixedMetadata(data, 500);
  const text = some
    .map(({ title, summary }) => `${title} ${summary}`)
    .join(' ')
    .toLowerCase();
  const words = [...new Set(text.split(/[^a-z]+/))].filter(
    word => word.length >= MIN_LENGTH
  );
  const chosen = Array.from(
    { length: WORDS },
    (_, index) => words[(index * STEP) % words.length]
  );
  return chosen.flatMap((word, index) => [
    ...Array.from(word, (_, end) => word.slice(0, end + 1)),
    `${word} ${chosen[(index + 1) % WORDS]}`,
    word.slice(0, 2) + word.slice(3)
  ]);
}
