/** Decodes, resizes and normalises pictures. */
import { DeepError } from '@jupyterlab-deep/protocol';
import { readFileSync, statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { preparePicture } from './pixels';
import { type IPreparation } from './preparation';
import { serveCalls } from './workerSide';

const preparation = workerData as IPreparation;

function readPicture(file: string): Buffer {
  try {
    if (statSync(file).size <= preparation.maxBytes) {
      return readFileSync(file);
    }
  } catch (error) {
    throw new DeepError('not-found', `The file ${file} cannot be read.`, {
      technical: (error as Error).message
    });
  }
  const limit = Math.round(preparation.maxBytes / 1024 ** 2);
  throw new DeepError('too-large', `${file} has more than ${limit} MB.`);
}

serveCalls((input: string | Uint8Array) => {
  const bytes =
    typeof input === 'string'
      ? readPicture(input)
      : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const value = preparePicture(bytes, preparation);
  return { value, transfer: [value.buffer as ArrayBuffer] };
});
