/** Strings, or the words for numbers that Python writes and JSON does not have. */
const STRING_OR_WORD = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;
const WORD = /-?\b(?:NaN|Infinity)\b/;

/** Before each such word, as the value of a string: no text of a module begins so. */
const MARK = '\u0000deep-number:';
const MARKED = JSON.stringify(MARK).slice(0, -1);

/**
 * Read JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` become those numbers.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!WORD.test(text)) {
      throw error;
    }
    return withNumbers(text);
  }
}

function withNumbers(text: string): unknown {
  const marked = text.replace(STRING_OR_WORD, found =>
    found.startsWith('"') ? found : `${MARKED}${found}"`
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK)
      ? Number(value.slice(MARK.length))
      : value
  );
}
