/** How a text argument spells a dictionary or a list. */
export type Notation = 'json' | 'python';

/**
 * By convention modules take dictionaries as texts, and show by their default how: `{'a': None}` is Python, `{"a": null}` JSON.
 *
 * @returns undefined for a text that is neither a dictionary nor a list.
 */
export function notationOf(text: unknown): Notation | undefined {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    JSON.parse(text);
    return 'json';
  } catch {
    // Not JSON: Python is the other possibility.
    return isPython(text) ? 'python' : undefined;
  }
}

/** A value as text in that notation. */
export const writeLiteral = (value: unknown, notation: Notation): string =>
  notation === 'json' ? JSON.stringify(value) : toPython(value);

const TOKEN =
  /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[-+]?[\d.][\d._]*(?:[eE][-+]?\d+)?|True|False|None|[[\](){},:])/gy;

/** Whether a text is one dictionary or list of Python, as far as its tokens and brackets tell. */
function isPython(text: string): boolean {
  const open: string[] = [];
  const tokens = [...text.matchAll(TOKEN)];
  const read = tokens.reduce((length, [found]) => length + found.length, 0);
  if (text.slice(read).trim() !== '') {
    return false;
  }
  const isNested = tokens.every(([, token], index) => {
    if ('[({'.includes(token)) {
      open.push(token);
    } else if (
      '])}'.includes(token) &&
      '[({'.indexOf(open.pop() ?? '') !== '])}'.indexOf(token)
    ) {
      return false;
    }
    return open.length > 0 || index === tokens.length - 1;
  });
  return isNested && open.length === 0;
}

function toPython(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(toPython).join(', ')}]`;
  }
  if (typeof value === 'object' && value) {
    const items = Object.entries(value).map(
      ([key, item]) => `${pythonText(key)}: ${toPython(item)}`
    );
    return `{${items.join(', ')}}`;
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return typeof value === 'string'
    ? pythonText(value)
    : value === null || value === undefined
      ? 'None'
      : String(value);
}

/** Python reads all escapes that JSON writes; only the quotation marks change. */
const pythonText = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
