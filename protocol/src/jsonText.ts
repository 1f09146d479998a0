/** Characters that end lines, hide or turn text around in an editor; JSON may spell all of them as escapes. */
const UNSEEN =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Lists of plain values up to here stay on one line. */
const LINE_LENGTH = 72;

/**
 * A value as JSON text that people read and edit. Unlike `JSON.stringify` it keeps −0 and refuses what JSON cannot say.
 *
 * @throws RangeError for NaN and infinities; TypeError for what is no JSON value.
 */
export function jsonText(value: unknown, indent = ''): string {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'number':
      return jsonNumber(value);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : container(value, indent);
    default:
      throw new TypeError(`A ${typeof value} cannot be written as JSON.`);
  }
}

/** Also a string literal of TypeScript and of Python. */
export const jsonString = (text: string): string =>
  JSON.stringify(text).replace(UNSEEN, escaped);

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${value} cannot be written as JSON.`);
  }
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function container(value: object, indent: string): string {
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const given = Object.entries(value).filter(
      ([, each]) => each !== undefined
    );
    const lines = given.map(
      ([name, each]) => `${jsonString(name)}: ${jsonText(each, inner)}`
    );
    return block('{', lines, '}', indent);
  }
  const items = value.map(each => jsonText(each, inner));
  const line = `[${items.join(', ')}]`;
  const isPlain = value.every(each => typeof each !== 'object');
  return isPlain && line.length <= LINE_LENGTH
    ? line
    : block('[', items, ']', indent);
}

function block(
  open: string,
  lines: string[],
  close: string,
  indent: string
): string {
  const body = lines.map(line => `${indent}  ${line}`).join(',\n');
  return lines.length === 0
    ? open + close
    : `${open}\n${body}\n${indent}${close}`;
}
