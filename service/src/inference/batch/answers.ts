import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { IPredictReply } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { scoresIn } from '@jupyterlab-deep/kernel-helpers/modules/scores';
import { writeAtomically } from '../../store/atomicFile';
import { IEnd, IWaiting } from './items';

/** Longer answers become files of their own: rows are read many at a time. */
const MAX_ROW_CHARACTERS = 256 * 1024;
/** Below the folder of results. */
const FOLDER = 'answers';

const EXTENSIONS: Record<string, string> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tif',
  'image/webp': 'webp',
  'text/csv': 'csv',
  'text/plain': 'txt',
  'video/mp4': 'mp4'
};

type Kept = Pick<
  IEnd,
  'answer' | 'file' | 'label' | 'probability' | 'truthProbability'
>;

/** What of an answer goes into its row; a file, or what is too long for one, is written beside the results first. */
export async function keepAnswer(
  results: string,
  item: IWaiting,
  { value, body, contentType, filename }: IPredictReply
): Promise<Kept> {
  if (value === undefined) {
    const extension = extensionOf(contentType, filename);
    return { file: await write(results, item, extension, body) };
  }
  const found = foundIn(value, item);
  const answer = JSON.stringify(value);
  return answer.length > MAX_ROW_CHARACTERS
    ? { ...found, file: await write(results, item, 'json', answer) }
    : { ...found, answer };
}

function foundIn(value: unknown, { truth }: IWaiting): Kept {
  const scores = scoresIn(value);
  const [top] = scores;
  if (!top || truth === null) {
    return { label: top?.label, probability: top?.probability };
  }
  // Compared with what a file is called, for which there are two ways to write an é.
  return {
    label: top.label.normalize(),
    probability: top.probability,
    truthProbability: scores.find(({ label }) => label.normalize() === truth)
      ?.probability
  };
}

async function write(
  results: string,
  { item, path: input }: IWaiting,
  extension: string,
  content: string | Uint8Array
): Promise<string> {
  const stem = path.posix.parse(input).name.replace(/[^\w.-]+/g, '_');
  const number = String(item + 1).padStart(6, '0');
  const name = `${FOLDER}/${number}-${stem.slice(0, 60)}.${extension}`;
  await mkdir(path.join(results, FOLDER), { recursive: true });
  await writeAtomically(path.join(results, name), content);
  return name;
}

/** The module's own ending where it is a plain one. */
function extensionOf(contentType: string, filename = ''): string {
  const own = /\.([A-Za-z0-9]{1,8})$/.exec(filename)?.[1];
  return own ?? EXTENSIONS[contentType] ?? 'bin';
}
