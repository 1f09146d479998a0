const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * A JSON array or object in parts of so many entries: parsing a large one at once would hold up everything else.
 *
 * @returns arrays of an array, objects of an object.
 * @throws SyntaxError when it is something else, or not valid.
 */
export function* jsonSlices(
  text: string,
  entries: number
): Generator<unknown[] | Record<string, unknown>> {
  const start = /^[\s\uFEFF]*/.exec(text)![0].length;
  const open = text[start];
  if (open !== '[' && open !== '{') {
    throw new SyntaxError('it holds no list');
  }
  const close = open === '[' ? ']' : '}';
  const parsed = (from: number, to: number): unknown[] =>
    JSON.parse(open + text.slice(from, to) + close);
  let from = start + 1;
  let seen = 0;
  for (const comma of commasBelow(text, start)) {
    seen += 1;
    if (seen % entries === 0) {
      yield parsed(from, comma);
      from = comma + 1;
    }
  }
  const end = text.trimEnd().length - 1;
  if (
    end < from ||
    text[end] !== close ||
    (seen > 0 && isBlank(text, from, end))
  ) {
    throw new SyntaxError('it is cut off, or something follows it');
  }
  yield parsed(from, end);
}

const isBlank = (text: string, from: number, to: number): boolean =>
  text.slice(from, to).trim() === '';

/** Places of the commas that part the entries of what begins at `start`. */
function* commasBelow(text: string, start: number): Generator<number> {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) {
        at += 1;
      } else if (code === QUOTE) {
        isText = false;
      }
    } else if (code === QUOTE) {
      isText = true;
    } else if (OPENING.has(code)) {
      depth += 1;
    } else if (CLOSING.has(code)) {
      depth -= 1;
      if (depth === 0) {
        return;
      }
    } else if (code === COMMA && depth === 1) {
      yield at;
    }
  }
}
