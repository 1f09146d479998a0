import { DeepError } from '@jupyterlab-deep/protocol';
import { readFileSync, statSync } from 'node:fs';
import { freeNow } from './freeNow';
import { PicturePreparer } from './pixels';
import { type IPreparation } from './preparation';
import { type ISlotMemory, slotView } from './slots';

export interface IPrepareData {
  preparation: IPreparation;
  memory: ISlotMemory;
}

/** A picture, as bytes or as the path of its file, and the slot for what it becomes. */
export interface IPrepareCall {
  picture: string | Uint8Array;
  slot: number;
}

function readPicture(file: string, maxBytes: number): Buffer {
  try {
    if (statSync(file).size <= maxBytes) {
      return readFileSync(file);
    }
  } catch (error) {
    throw new DeepError('not-found', `The file ${file} cannot be read.`, {
      technical: (error as Error).message
    });
  }
  const limit = Math.round(maxBytes / 1024 ** 2);
  throw new DeepError('too-large', `${file} has more than ${limit} MB.`);
}

/** Prepares pictures into slots. The bytes that it is given are gone afterwards. */
export class SlotPreparer {
  constructor(private readonly _data: IPrepareData) {
    this._preparer = new PicturePreparer(_data.preparation);
  }

  async prepare({ picture, slot }: IPrepareCall): Promise<void> {
    const { memory, preparation } = this._data;
    const bytes =
      typeof picture === 'string'
        ? readPicture(picture, preparation.maxBytes)
        : Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
    await this._preparer.prepare(bytes, slotView(memory, slot));
    freeNow(bytes);
  }

  private readonly _preparer: PicturePreparer;
}
