import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isPicture } from './gallery';
import { IEndedRow } from './items';
import { thumbnailOf } from './thumbnails';

/** Each is decoded in a thread of its own; some cores are left to the modules. */
const AT_ONCE = 2;
/** Of one page, as text: beyond it pages open slowly. */
const MAX_CHARACTERS = 6 * 1024 * 1024;

/** Where the files of a batch lie. */
export interface IPictureFolders {
  /** Of what was predicted. */
  files: string;
  results: string;
}

/**
 * Small pictures of items by their number, as `data:` URLs. JupyterLab shows a page in a frame of no origin, whose requests for
 * files Jupyter refuses: a page that is to be looked at there brings its pictures along. What is no picture is left out.
 */
export async function picturesOf(
  rows: readonly IEndedRow[],
  folders: IPictureFolders
): Promise<Map<number, string>> {
  const pictures = new Map<number, string>();
  const waiting = rows[Symbol.iterator]();
  let characters = 0;
  const work = async (): Promise<void> => {
    for (const row of waiting) {
      const url = await pictureOf(row, folders);
      if (url && characters + url.length <= MAX_CHARACTERS) {
        characters += url.length;
        pictures.set(row.item, url);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return pictures;
}

async function pictureOf(
  row: IEndedRow,
  { files, results }: IPictureFolders
): Promise<string | undefined> {
  const file = isPicture(row.file)
    ? path.join(results, row.file!)
    : isPicture(row.path) && path.join(files, ...row.path.split('/'));
  if (!file) {
    return undefined;
  }
  try {
    const { contentType, content } = await thumbnailOf(file);
    return `data:${contentType};base64,${content.toString('base64')}`;
  } catch (error) {
    if (error instanceof DeepError) {
      return undefined; // Gone, too large or damaged: its row says how it went.
    }
    throw error;
  }
}
