import type { RJSFSchema } from '@rjsf/utils';

/** An argument's schema as the service tells it. */
export type ArgumentSchema = RJSFSchema & { format?: string };

/** How an argument is asked for. `literal`: a dictionary or list that the module reads from Python's spelling of it. */
export type ArgumentKind =
  | 'file'
  | 'password'
  | 'literal'
  | 'text'
  | 'number'
  | 'switch'
  | 'list'
  | 'nested'
  | 'json';

/** Forms in forms beyond this are read more easily as JSON. */
const DEEPEST = 2;

const SIMPLE = ['string', 'number', 'integer', 'boolean'];

/** What asks for an argument. Nothing that a module may say leaves it without a field. */
export function kindOf(schema: ArgumentSchema, depth = 0): ArgumentKind {
  const { format, default: fallback } = schema;
  if (format === 'file') {
    return 'file';
  }
  if (schema.$ref !== undefined) {
    return 'json';
  }
  switch (typeOf(schema)) {
    case 'string':
      return format === 'password'
        ? 'password'
        : isPythonLiteral(fallback)
          ? 'literal'
          : 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'switch';
    case 'array':
      return isPlainList(schema) ? 'list' : 'json';
    case 'object':
      return isNested(schema, depth) ? 'nested' : 'json';
    default:
      return isText(fallback) ? 'text' : 'json';
  }
}

function typeOf({ type, properties, items }: ArgumentSchema): string {
  const [found] = [type].flat().filter(each => each !== 'null');
  return found ?? (properties ? 'object' : items ? 'array' : '');
}

/** What has a type that nobody knows is taken as text, unless its default is something else. */
const isText = (fallback: unknown): boolean =>
  fallback === undefined || fallback === null || typeof fallback === 'string';

/** By convention of real modules: `"{'a': 0}"`. */
function isPythonLiteral(fallback: unknown): boolean {
  const text = typeof fallback === 'string' ? fallback.trim() : '';
  return /^(\{[^]*\}|\[[^]*\]|\([^]*\))$/.test(text);
}

function isPlainList({ items }: ArgumentSchema): boolean {
  if (typeof items !== 'object' || Array.isArray(items)) {
    return false;
  }
  const item = items as ArgumentSchema;
  return item.$ref === undefined && SIMPLE.includes(typeOf(item));
}

function isNested(schema: ArgumentSchema, depth: number): boolean {
  const parts = Object.values(schema.properties ?? {}) as ArgumentSchema[];
  return (
    parts.length > 0 &&
    depth < DEEPEST &&
    parts.every(part => {
      const kind = kindOf(part, depth + 1);
      return kind !== 'json' && kind !== 'file';
    })
  );
}
