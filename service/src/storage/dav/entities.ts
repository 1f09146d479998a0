import { MultistatusError } from './multistatusError';

const ENTITY = /&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+);?/gi;
const NAMED: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'"
};

/**
 * A text of XML with its character references and XML's own five entities decoded.
 *
 * @throws MultistatusError for any other entity.
 */
export const decoded = (text: string): string =>
  text.includes('&') ? text.replace(ENTITY, decodeEntity) : text;

function decodeEntity(all: string, name: string): string {
  if (name.startsWith('#')) {
    const isHex = name[1].toLowerCase() === 'x';
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new MultistatusError(`${all} is no character.`);
    }
    return String.fromCodePoint(code);
  }
  const known = NAMED[name];
  if (known === undefined) {
    throw new MultistatusError(`The answer uses an entity (${all}).`);
  }
  return known;
}
