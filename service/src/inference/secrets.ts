import type { IJsonSchema } from '@jupyterlab-deep/kernel-helpers/deepaas';

/** Stands for a value that the record of a run does not hold. */
export const HIDDEN = '••••••';

/**
 * Arguments as they are written down and shown: without passwords. Which ones those are is the module's to say; before it
 * was asked any text may be one.
 *
 * @param predict What the module said of its arguments, once it is known.
 */
export function withoutSecrets(
  args: Record<string, unknown>,
  predict: IJsonSchema | undefined
): Record<string, unknown> {
  const isSecret = ([name, value]: [string, unknown]): boolean =>
    predict
      ? predict.properties?.[name]?.format === 'password'
      : typeof value === 'string' || typeof value === 'object';
  return Object.fromEntries(
    Object.entries(args).map(each => [
      each[0],
      isSecret(each) ? HIDDEN : each[1]
    ])
  );
}
