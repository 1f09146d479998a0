import { readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { findFiles } from '../../files/findFiles';
import {
  findLabelList,
  ILabelRow,
  LABEL_FORMS,
  readLabelList,
  unfit
} from '../../files/labelList';

/** A picture and its class. */
export interface ILabelledPicture {
  /** Absolute. */
  file: string;
  /** Below the data's folder, with `/`. */
  name: string;
  /** Number of its class. */
  label: number;
}

/** What was left out, and why. */
export interface ILeftOut {
  name: string;
  reason: string;
}

/** Pictures to learn from. */
export interface IPictureSet {
  /** Real path of the folder, or of the list. */
  path: string;
  /** Names of the classes, in the order of their numbers. */
  classes: string[];
  pictures: ILabelledPicture[];
  leftOut: ILeftOut[];
}

const PICTURES = '**/*.{jpg,jpeg,png,webp,gif,tif,tiff,avif}';
const MAX_CLASSES = 10_000;

/**
 * Pictures by class: a folder with a folder for each class, or a list (CSV or JSON) whose files are relative to it.
 *
 * @throws DeepError `invalid-arguments` with what is wrong with the data.
 */
export async function readPictureSet(
  data: string,
  signal?: AbortSignal
): Promise<IPictureSet> {
  const info = await stat(data).catch(error => {
    throw unfit(
      `${data} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      'Is the dataset still there?'
    );
  });
  const list = info.isDirectory() ? await findLabelList(data) : data;
  const found =
    list === undefined
      ? await byFolders(data, signal)
      : await byList(list, signal);
  const { classes, pictures } = found;
  if (classes.length < 2) {
    throw unfit(
      classes.length === 1
        ? `The data has one class only, “${classes[0]}”; at least two are needed.`
        : `${data} holds no class with pictures.`,
      LABEL_FORMS
    );
  }
  if (classes.length > MAX_CLASSES) {
    throw unfit(
      `The data has ${classes.length} classes; at most ${MAX_CLASSES} can be learnt.`,
      'Is the column of labels the right one?'
    );
  }
  const counts = classes.map(() => 0);
  pictures.forEach(({ label }) => counts[label]++);
  const few = classes.filter((_, index) => counts[index] < 2);
  if (few.length > 0) {
    throw unfit(
      `${shortened(few)} ${few.length === 1 ? 'has' : 'have'} one picture only.`,
      'Each class needs two at least: one to learn from and one to check with.'
    );
  }
  return { path: data, ...found };
}

/** The first names of many. */
function shortened(names: string[]): string {
  const shown = names.slice(0, 5).map(name => `“${name}”`);
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

type Found = Pick<IPictureSet, 'classes' | 'leftOut' | 'pictures'>;

async function byFolders(root: string, signal?: AbortSignal): Promise<Found> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders: string[] = [];
  for (const { name } of entries) {
    const isHidden = name.startsWith('.');
    // A link to a folder counts: datasets are often put together of them.
    const info = isHidden
      ? undefined
      : await stat(path.join(root, name)).catch(() => undefined);
    if (info?.isDirectory()) {
      folders.push(name);
    }
  }
  folders.sort(inOrder);
  const found: Found = { classes: [], pictures: [], leftOut: [] };
  for (const name of folders) {
    const files: string[] = [];
    for await (const file of findFiles(
      path.join(root, name),
      PICTURES,
      signal
    )) {
      if (file.unreadable) {
        found.leftOut.push({
          name: `${name}/${file.path}`,
          reason: file.unreadable
        });
      } else {
        files.push(file.path);
      }
    }
    if (files.length === 0) {
      found.leftOut.push({ name, reason: 'The class has no pictures.' });
      continue;
    }
    const label = found.classes.push(name) - 1;
    for (const file of files.sort(inOrder)) {
      found.pictures.push({
        file: path.join(root, name, file),
        name: `${name}/${file}`,
        label
      });
    }
  }
  return found;
}

/** The same order on every machine, whatever its language. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function byList(list: string, signal?: AbortSignal): Promise<Found> {
  const rows: ILabelRow[] = [];
  for await (const some of readLabelList(list, signal)) {
    rows.push(...some);
  }
  const root = path.dirname(list);
  const names = [...new Set(rows.map(({ label }) => label))].sort(inOrder);
  const numbers = new Map(names.map((name, index) => [name, index]));
  const pictures: ILabelledPicture[] = [];
  const leftOut: ILeftOut[] = [];
  const labels = new Map<string, string>();
  for (const { file, label } of rows) {
    const absolute = path.resolve(root, file);
    const before = labels.get(absolute);
    if (!absolute.startsWith(root + path.sep)) {
      leftOut.push({ name: file, reason: 'It lies outside of the data.' });
    } else if (before !== undefined) {
      const reason =
        before === label
          ? 'It is listed twice.'
          : `It is listed as “${before}” and as “${label}”.`;
      leftOut.push({ name: file, reason });
    } else {
      labels.set(absolute, label);
      pictures.push({ file: absolute, name: file, label: numbers.get(label)! });
    }
  }
  return { classes: names, pictures, leftOut };
}
