/** Parsing text that is inside an answer costs time; longer text is shown as text. Characters. */
const PARSED_CHARACTERS = 16_000_000;
/** Values that are looked at to find what an answer is. */
const VALUES_TRIED = 300;
const CHILDREN_TRIED = 30;

export type JsonRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A finite number, also one that was written as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  const isNumeric =
    typeof value === 'string' &&
    value.length <= 32 &&
    /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value);
  return isNumeric ? Number(value) : undefined;
}

/** The first of some fields that is there. */
export function fieldOf(record: JsonRecord, names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined && value !== null) {
      return value;
    }
  }
  return undefined;
}

/** Some modules answer JSON as text inside JSON. */
export function parsed(value: unknown): unknown {
  const isJson =
    typeof value === 'string' &&
    value.length <= PARSED_CHARACTERS &&
    /^\s*[[{]/.test(value);
  if (!isJson) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    // Text that only begins like JSON is text.
    return value;
  }
}

/** The answer without the wrapper of DEEPaaS: exactly `status` and `predictions`. */
export function unwrapped(value: unknown): unknown {
  const isWrapped =
    isRecord(value) &&
    Object.keys(value).sort().join() === 'predictions,status';
  return parsed(isWrapped ? value.predictions : value);
}

/**
 * Where in an answer its contents may stand: the answer, then what it holds, level by level.
 * Bounded, whatever the answer's size and depth.
 */
export function* places(body: unknown, maxDepth = 3): Generator<unknown> {
  let level: unknown[] = [body];
  let tried = 0;
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (++tried > VALUES_TRIED) {
        return;
      }
      yield value;
      next.push(...childrenOf(value));
    }
    level = next;
  }
}

function childrenOf(value: unknown): unknown[] {
  const children = Array.isArray(value)
    ? value.slice(0, CHILDREN_TRIED)
    : isRecord(value)
      ? firstValues(value)
      : [];
  return children
    .map(parsed)
    .filter(child => typeof child === 'object' && child !== null);
}

function firstValues(record: JsonRecord): unknown[] {
  const values: unknown[] = [];
  for (const name in record) {
    values.push(record[name]);
    if (values.length === CHILDREN_TRIED) {
      break;
    }
  }
  return values;
}

/** Some entries of a list, spread over it. */
export function sampled<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return Array.from(
    { length: Math.min(count, list.length) },
    (_, index) => list[index * step]
  );
}

/** Without what is undefined. */
export const defined = <T extends object>(record: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined)
  ) as Partial<T>;
