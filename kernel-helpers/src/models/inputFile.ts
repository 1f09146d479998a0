import { DeepError } from '@jupyterlab-deep/protocol';
import { statSync } from 'node:fs';

/** A file argument: bytes, or the absolute path of a file. */
export type FileInput = string | Uint8Array;

/** What is wrong with the content of a file argument, said where forms show it. */
export const badFile = (
  argument: string,
  detail: string,
  hint?: string
): DeepError =>
  new DeepError('invalid-arguments', detail, {
    hint,
    fields: { [argument]: [hint ? `${detail} ${hint}` : detail] }
  });

/**
 * Refuses a path that cannot be read or is too large, before anything of it is read.
 * @throws DeepError `not-found`, `too-large`
 */
export function checkInput(input: FileInput, maxBytes: number): number {
  const sizeBytes = typeof input === 'string' ? sizeOf(input) : input.length;
  if (sizeBytes > maxBytes) {
    const limit = Math.round(maxBytes / 1024 ** 2);
    throw new DeepError('too-large', `The file has more than ${limit} MB.`, {
      hint: 'Use a smaller one.'
    });
  }
  return sizeBytes;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new DeepError('not-found', `The file ${file} cannot be read.`, {
      technical: (error as Error).message
    });
  }
}

/** A view would carry the whole buffer behind it to a worker, so bytes are copied before they move. */
export function movedInput(input: FileInput): [FileInput, ArrayBuffer[]] {
  if (typeof input === 'string') {
    return [input, []];
  }
  const copy = new Uint8Array(input);
  return [copy, [copy.buffer]];
}
