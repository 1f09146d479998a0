import {
  HEAD_BYTES,
  npyHeader,
  recogniseBytes,
  seriesOfRows,
  SHOWN
} from '@jupyterlab-deep/protocol';
import { unzipSync } from 'fflate';
import * as Papa from 'papaparse';
import { answerBundle } from './answer';
import { escapeHtml, IMimeBundle, textBundle } from './bundle';
import { chartBundle } from './chart';
import { pictureBundle } from './picture';
import { tableBundle } from './table';

/** A file in memory. */
export interface IFile {
  data: Buffer;
  name: string;
  /** As it was given; the content decides. */
  contentType?: string;
}

/** A notebook keeps what it plays. */
const PLAYED_BYTES = 2 * 1024 * 1024;
const PARSED_BYTES = 64 * 1024 * 1024;
const READ_CHARACTERS = 1_000_000;
const LISTED_ENTRIES = 1000;

/** A file as a person would look at it, by its content. HTML and SVG are shown as text. */
export function fileBundle({ data, name, contentType }: IFile): IMimeBundle {
  const media = recogniseBytes(data.subarray(0, HEAD_BYTES), contentType, name);
  switch (media.medium) {
    case 'picture':
      return pictureBundle({ data, filename: name || 'picture' });
    case 'audio':
    case 'video':
      return playerBundle(data, name, media);
    case 'table':
      return csvBundle(data.subarray(0, READ_CHARACTERS).toString('utf8'), {
        isCut: data.length > READ_CHARACTERS
      });
    case 'zip':
      return zipBundle(data, name);
    case 'json':
      return jsonFileBundle(data);
    case 'text':
    case 'html':
    case 'vector':
      return textBundle(data.toString('utf8'));
    default:
      return textBundle(facts(data, name, media.contentType));
  }
}

function facts(data: Buffer, name: string, contentType: string): string {
  const header = npyHeader(data.subarray(0, HEAD_BYTES));
  const array = header
    ? `, NumPy array ${header.shape.join(' × ')} of ${header.dtype}`
    : '';
  return `${name || 'A file'}: ${contentType}, ${data.length} bytes${array}; its content is in .body`;
}

function playerBundle(
  data: Buffer,
  name: string,
  { medium, contentType }: { medium: string; contentType: string }
): IMimeBundle {
  const text = facts(data, name, contentType);
  if (data.length > PLAYED_BYTES) {
    return textBundle(`${text}. It is too large to be played in a notebook.`);
  }
  const source = `data:${contentType};base64,${data.toString('base64')}`;
  return {
    'text/plain': text,
    'text/html': `<${medium} controls src="${escapeHtml(source)}" style="max-width:100%"></${medium}>`
  };
}

/** The last row of a text that was cut is not whole. */
function csvBundle(text: string, { isCut }: { isCut: boolean }): IMimeBundle {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
  const [columns = [], ...rest] = isCut ? data.slice(0, -1) : data;
  if (rest.length === 0) {
    return textBundle(text);
  }
  const rows = rest.slice(0, SHOWN.rows);
  const records = rest.map(row =>
    Object.fromEntries(columns.map((name, index) => [name, row[index]]))
  );
  const table = tableBundle(records, columns, isCut ? 'The beginning' : '');
  const total = rest.length;
  const series = seriesOfRows({ kind: 'rows', columns, rows, total });
  return series ? chartBundle(series, String(table['text/plain'])) : table;
}

function zipBundle(data: Buffer, name: string): IMimeBundle {
  const entries: { name: string; bytes: number }[] = [];
  let total = 0;
  try {
    unzipSync(data, {
      filter: ({ name: entry, originalSize }) => {
        total += 1;
        if (entries.length < LISTED_ENTRIES) {
          entries.push({ name: entry, bytes: originalSize });
        }
        return false;
      }
    });
  } catch (error) {
    return textBundle(
      `${facts(data, name, 'application/zip')}. It cannot be listed: ${(error as Error).message}`
    );
  }
  return tableBundle(
    entries,
    ['name', 'bytes'],
    `${name || 'ZIP'}: ${total} entries`
  );
}

function jsonFileBundle(data: Buffer): IMimeBundle {
  const text = data.toString('utf8');
  if (data.length > PARSED_BYTES) {
    return textBundle(text);
  }
  try {
    return answerBundle(JSON.parse(text));
  } catch {
    // Text that only looks like JSON is text.
    return textBundle(text);
  }
}
