import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { parse } from 'csv-parse';
import { jsonSlices } from './jsonSlices';

/** A file and its class, as a list has them. */
export interface ILabelRow {
  /** Relative to the list. */
  file: string;
  label: string;
}

/** Looked for in a folder, in this order. */
const LISTS = ['labels.csv', 'labels.json', 'metadata.csv'];
const FILE_COLUMNS = ['file', 'file_name', 'filename', 'path', 'image'];
const LABEL_COLUMNS = ['label', 'class', 'category', 'target'];
const MAX_LIST_BYTES = 200 * 1024 ** 2;
/** Rows between two of which the event loop has its turn. */
const ROWS_AT_ONCE = 500;

/** Of a CSV that is read: what is parsed at once. */
const PIECE_BYTES = 16 * 1024;

/** What data with labels look like, for who gave something else. */
export const LABEL_FORMS =
  'Give a folder with one folder of pictures for each class, or a CSV or JSON list with the columns “file” and “label”.';

/** Data that cannot be used as they are. */
export const unfit = (detail: string, hint: string): DeepError =>
  new DeepError('invalid-arguments', detail, {
    hint,
    fields: { data: [`${detail} ${hint}`] }
  });

/** The list that lies in a folder. */
export async function findLabelList(
  folder: string
): Promise<string | undefined> {
  const names = await readdir(folder);
  const name = LISTS.find(each => names.includes(each));
  return name && path.join(folder, name);
}

/**
 * The rows of a list (CSV or JSON), some at a time: a large one keeps nobody waiting, and a CSV is never held as a whole.
 *
 * @throws DeepError `invalid-arguments` with what is wrong with it; the signal's reason.
 */
export async function* readLabelList(
  list: string,
  signal?: AbortSignal
): AsyncGenerator<ILabelRow[]> {
  const { size } = await stat(list).catch(error => {
    const { code } = error as NodeJS.ErrnoException;
    throw unfit(`${list} cannot be read (${code}).`, 'Is it still there?');
  });
  if (size > MAX_LIST_BYTES) {
    throw unfit(`${list} has more than 200 MB.`, 'Give a folder instead.');
  }
  const isJson = /\.json$/i.test(list);
  let count = 0;
  for await (const rows of isJson ? jsonRows(list) : csvRows(list)) {
    signal?.throwIfAborted();
    const bad = rows.findIndex(({ file, label }) => !file || !label);
    if (bad >= 0) {
      throw unfit(
        `Entry ${count + bad + 1} of ${path.basename(list)} has no ${rows[bad].file ? 'label' : 'file'}.`,
        'Each entry needs both.'
      );
    }
    count += rows.length;
    yield rows;
    await breathe();
  }
  if (count === 0) {
    throw unfit(`${path.basename(list)} is empty.`, LABEL_FORMS);
  }
}

interface IColumns {
  file: string;
  label: string;
}

function columnsOf(record: object, list: string): IColumns {
  const columns = Object.keys(record);
  const find = (names: string[]): string => {
    const found = names
      .map(name => columns.find(each => each.trim().toLowerCase() === name))
      .find(Boolean);
    if (!found) {
      throw unfit(
        `${path.basename(list)} has none of the columns ${names.join(', ')}.`,
        `It has: ${columns.slice(0, 10).join(', ')}.`
      );
    }
    return found;
  };
  return { file: find(FILE_COLUMNS), label: find(LABEL_COLUMNS) };
}

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value).trim()
    : '';

const rowOf = (
  record: Record<string, unknown>,
  { file, label }: IColumns
): ILabelRow => ({ file: asText(record[file]), label: asText(record[label]) });

async function* csvRows(list: string): AsyncGenerator<ILabelRow[]> {
  const records = parse({
    bom: true,
    columns: true,
    delimiter: [',', ';', '\t'],
    skip_empty_lines: true
  });
  // What goes wrong comes out of the records.
  const bytes = createReadStream(list, { highWaterMark: PIECE_BYTES });
  pipeline(bytes, records, () => undefined);
  let columns: IColumns | undefined;
  let rows: ILabelRow[] = [];
  try {
    for await (const record of records) {
      columns ??= columnsOf(record, list);
      rows.push(rowOf(record, columns));
      if (rows.length === ROWS_AT_ONCE) {
        yield rows;
        rows = [];
      }
    }
  } catch (error) {
    if (error instanceof DeepError) {
      throw error;
    }
    throw unfit(
      `${path.basename(list)} is not a table: ${(error as Error).message}.`,
      LABEL_FORMS
    );
  }
  yield rows;
}

const isEntry = (each: unknown): each is Record<string, unknown> =>
  typeof each === 'object' && each !== null;

/** A list of entries, or an object of labels by file. */
async function* jsonRows(list: string): AsyncGenerator<ILabelRow[]> {
  const text = await readFile(list, 'utf8');
  let columns: IColumns | undefined;
  try {
    for (const slice of jsonSlices(text, ROWS_AT_ONCE)) {
      if (Array.isArray(slice)) {
        const entries = slice.filter(isEntry);
        columns ??= entries[0] && columnsOf(entries[0], list);
        yield entries.map(entry => rowOf(entry, columns!));
      } else {
        yield Object.entries(slice).map(([file, label]) => ({
          file,
          label: asText(label)
        }));
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    throw unfit(
      `${path.basename(list)} is not valid JSON: ${error.message}.`,
      LABEL_FORMS
    );
  }
}
