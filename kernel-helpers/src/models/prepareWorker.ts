/** Decodes, resizes and normalises pictures. */
import { DeepError } from '@jupyterlab-deep/protocol';
import { readFileSync, statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { freeNow } from './freeNow';
import { PicturePreparer } from './pixels';
import { type IPreparation } from './preparation';
import { type ISlotMemory, slotView } from './slots';
import { serveCalls } from './workerSide';

export interface IPrepareData {
  preparation: IPreparation;
  memory: ISlotMemory;
}
/** A picture, as bytes or as the path of its file, and the slot for what it becomes. */
export interface IPrepareCall {
  picture: string | Uint8Array;
  slot: number;
}

const { preparation, memory } = workerData as IPrepareData;
const preparer = new PicturePreparer(preparation);

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

serveCalls(async ({ picture, slot }: IPrepareCall) => {
  const bytes =
    typeof picture === 'string'
      ? readPicture(picture)
      : Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  await preparer.prepare(bytes, slotView(memory, slot));
  freeNow(bytes);
  return { value: undefined };
});
