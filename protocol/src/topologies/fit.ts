import { PortType } from './document';

/**
 * Whether what comes out of one port can go into another.
 *
 * @returns why not, in words; undefined where it fits, or where nothing speaks against it.
 */
export function portFit(output: PortType, input: PortType): string | undefined {
  if (output.kind === 'any' || input.kind === 'any') {
    return undefined;
  }
  if (output.kind === 'file') {
    return input.kind === 'file'
      ? mediaFit(output.mediaTypes, input.mediaTypes)
      : 'A file comes out, but a value is taken.';
  }
  return input.kind === 'json'
    ? schemaFit(output.schema, input.schema)
    : 'A value comes out, but a file is taken.';
}

function mediaFit(
  given: readonly string[],
  taken: readonly string[]
): string | undefined {
  const isSame =
    given.length === 0 ||
    taken.length === 0 ||
    given.some(type => taken.some(other => mediaOverlap(type, other)));
  return isSame
    ? undefined
    : `${listed(given)} comes out, but ${listed(taken)} is taken.`;
}

const VAGUE = ['*/*', 'application/octet-stream'];

function mediaOverlap(first: string, second: string): boolean {
  const [a, b] = [first, second].map(type =>
    type.split(';')[0].trim().toLowerCase()
  );
  if (a === b || VAGUE.includes(a) || VAGUE.includes(b)) {
    return true;
  }
  const [family, kind] = a.split('/');
  const [otherFamily, otherKind] = b.split('/');
  return family === otherFamily && (kind === '*' || otherKind === '*');
}

function schemaFit(given: unknown, taken: unknown): string | undefined {
  const out = kindsIn(given);
  const into = kindsIn(taken);
  if (!out || !into) {
    return undefined;
  }
  const fits = out.some(kind => into.some(other => kindFit(kind, other)));
  if (!fits) {
    return `${words(out)} comes out, but ${words(into)} is taken.`;
  }
  const inner =
    out.includes('array') && into.includes('array')
      ? schemaFit(itemsOf(given), itemsOf(taken))
      : undefined;
  return inner && `Of the lists: ${inner}`;
}

/** The JSON types that a schema names; undefined where it leaves that open. */
function kindsIn(schema: unknown): string[] | undefined {
  if (typeof schema !== 'object' || schema === null) {
    return undefined;
  }
  const {
    type,
    anyOf,
    oneOf,
    const: single,
    enum: choices
  } = schema as ISchema;
  if (typeof type === 'string' || Array.isArray(type)) {
    return [type].flat().map(String);
  }
  const values = Array.isArray(choices)
    ? choices
    : single === undefined
      ? undefined
      : [single];
  if (values) {
    return [...new Set(values.map(kindOf))];
  }
  const branches = [anyOf, oneOf].filter(Array.isArray).flat();
  const kinds = branches.map(kindsIn);
  return kinds.length === 0 || kinds.includes(undefined)
    ? undefined
    : [...new Set(kinds.flatMap(each => each ?? []))];
}

interface ISchema {
  type?: unknown;
  anyOf?: unknown;
  oneOf?: unknown;
  const?: unknown;
  enum?: unknown;
  items?: unknown;
}

const itemsOf = (schema: unknown): unknown => (schema as ISchema).items;

function kindOf(value: unknown): string {
  if (value === null) {
    return 'null';
  }
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A number may be whole: that is only known when it comes. */
const kindFit = (given: string, taken: string): boolean =>
  given === taken ||
  (['integer', 'number'].includes(given) &&
    ['integer', 'number'].includes(taken));

const WORD: Record<string, string> = {
  string: 'Text',
  integer: 'A whole number',
  number: 'A number',
  boolean: 'Yes or no',
  array: 'A list',
  object: 'An object',
  null: 'Nothing'
};

const words = (kinds: readonly string[]): string =>
  sentence(kinds.map(kind => WORD[kind] ?? kind));

const listed = (types: readonly string[]): string =>
  types.slice(0, 4).join(' or ') + (types.length > 4 ? ' …' : '');

const sentence = (parts: string[]): string => parts.join(' or ');
