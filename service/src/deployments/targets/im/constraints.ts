import { isRecord } from '../shapes';
import type { IToscaInput } from './template';

type Schema = Record<string, unknown>;
type Reader = (value: unknown, type: string) => Schema;

const NUMBERS = new Set(['integer', 'float']);
const TEXTS = new Set(['string', 'version', 'timestamp']);

const number =
  (key: string): Reader =>
  (value, type) =>
    NUMBERS.has(type) && typeof value === 'number' ? { [key]: value } : {};

const length =
  (...ends: ('min' | 'max')[]): Reader =>
  (value, type) => {
    const kind = type === 'list' ? 'Items' : 'Length';
    const isKnown = type === 'list' || TEXTS.has(type);
    return isKnown && typeof value === 'number'
      ? Object.fromEntries(ends.map(end => [end + kind, value]))
      : {};
  };

/** What TOSCA calls it, as JSON Schema; bounds of sizes with units are left to the Infrastructure Manager. */
const READERS: Record<string, Reader> = {
  equal: (value, type) => ({ const: literal(value, type) }),
  valid_values: (values, type) =>
    Array.isArray(values)
      ? { enum: values.map(value => literal(value, type)) }
      : {},
  greater_or_equal: number('minimum'),
  greater_than: number('exclusiveMinimum'),
  less_or_equal: number('maximum'),
  less_than: number('exclusiveMaximum'),
  in_range: (value, type) => {
    const [low, high] = Array.isArray(value) ? value : [];
    return {
      ...number('minimum')(low, type),
      ...number('maximum')(high, type)
    };
  },
  length: length('min', 'max'),
  min_length: length('min'),
  max_length: length('max'),
  pattern: (value, type) =>
    TEXTS.has(type) && isPattern(value) ? { pattern: `^(?:${value})$` } : {}
};

/** The constraints of an input as JSON Schema. */
export const constraintsOf = ({ constraints, type }: IToscaInput): Schema =>
  (Array.isArray(constraints) ? constraints : [])
    .filter(isRecord)
    .flatMap(each => Object.entries(each))
    .reduce<Schema>(
      (all, [name, value]) => ({ ...all, ...READERS[name]?.(value, type) }),
      {}
    );

const literal = (value: unknown, type: string): unknown =>
  NUMBERS.has(type) || type === 'boolean' ? value : String(value);

/** Python's patterns are not always JavaScript's. */
function isPattern(value: unknown): value is string {
  try {
    return (
      typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp
    );
  } catch {
    return false;
  }
}
