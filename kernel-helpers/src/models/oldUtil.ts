import * as util from 'node:util';

/**
 * Node 23 removed these from `util`, and TensorFlow.js 4.22, the last there is, still calls them (tensorflow/tfjs#8425, #8609).
 */
const REMOVED: Record<string, (value: unknown) => boolean> = {
  isArray: Array.isArray,
  isBoolean: value => typeof value === 'boolean',
  isFunction: value => typeof value === 'function',
  isNull: value => value === null,
  isNullOrUndefined: value => value === null || value === undefined,
  isNumber: value => typeof value === 'number',
  isObject: value => value !== null && typeof value === 'object',
  isPrimitive: value => Object(value) !== value,
  isString: value => typeof value === 'string',
  isUndefined: value => value === undefined
};

/** Puts back what is missing, for this thread alone. */
export function restoreOldUtil(): void {
  // The object that `require` gives, not the frozen one that `import` makes of it.
  const shared = ((util as { default?: object }).default ?? util) as Record<
    string,
    unknown
  >;
  for (const [name, test] of Object.entries(REMOVED)) {
    shared[name] ??= test;
  }
}
