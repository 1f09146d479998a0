import { DeepError, type ModelGives } from '@jupyterlab-deep/protocol';

export type Gives = ModelGives;

/** One number stands for two classes. */
const isOfTwo = (gives: Gives | undefined): boolean =>
  gives === 'probability' || gives === 'logit';

/**
 * How many numbers a network gives for these classes.
 * @throws DeepError `model-invalid` when one number is to stand for more than two classes.
 */
export function outputLengthOf(
  labels: readonly string[],
  gives: Gives | undefined
): number {
  if (!isOfTwo(gives)) {
    return labels.length;
  }
  if (labels.length !== 2) {
    throw new DeepError(
      'model-invalid',
      `The network gives one number, which tells two classes apart; config.json names ${labels.length}.`,
      { hint: 'Name the class of 0 first, and that of 1 second.' }
    );
  }
  return 1;
}

/** A number for each class; `areReady` when they are probabilities already. */
export function classNumbers(
  found: Float32Array,
  gives: Gives
): { values: Float32Array; areReady: boolean } {
  if (!isOfTwo(gives)) {
    return { values: found, areReady: gives === 'probabilities' };
  }
  const second = gives === 'logit' ? 1 / (1 + Math.exp(-found[0])) : found[0];
  return { values: Float32Array.of(1 - second, second), areReady: true };
}
