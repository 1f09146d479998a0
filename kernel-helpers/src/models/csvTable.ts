import { type CsvError, parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { badFile, checkInput, type FileInput } from './inputFile';

/** More would make an answer that nobody can show. */
export const MAX_ROWS = 100_000;
const SEPARATORS = [',', ';', '\t', '|'];
const ARGUMENT = 'table';
/** How many columns are named in a message. */
const NAMED = 20;

const refused = (detail: string, hint?: string) =>
  badFile(ARGUMENT, detail, hint);

function decoded(input: FileInput): string {
  const bytes = typeof input === 'string' ? readFileSync(input) : input;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: spreadsheets on Windows write this; digits and separators are the same in all of them.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const options = (delimiter: string) => ({
  bom: true,
  delimiter,
  skip_empty_lines: true,
  trim: true
});

/** The names in the first line, by each separator; quotes may hold separators. */
function headerOf(text: string, separator: string): string[] {
  try {
    const [header = []] = parse(text, { ...options(separator), to: 1 });
    return header;
  } catch {
    // A quote that makes sense with another separator, or with none: said when the rows are read.
    return [];
  }
}

/** A column of a table, under either of its names. */
type Named = (header: string[]) => string[];

/** The first line, with the names that the model gives to its columns. */
const renaming =
  (columns: string[], otherNames: (string | undefined)[]): Named =>
  header =>
    header.map(name => {
      const index = otherNames.indexOf(name);
      const isOther = index >= 0 && !header.includes(columns[index]);
      return isOther ? columns[index] : name;
    });

function separatorOf(text: string, columns: string[], named: Named): string {
  const headers = SEPARATORS.map(each => named(headerOf(text, each)));
  const found = headers.map(
    header => columns.filter(name => header.includes(name)).length
  );
  const best = found.indexOf(Math.max(...found));
  const missing = columns.filter(name => !headers[best].includes(name));
  if (missing.length > 0) {
    const widest = headers.reduce((a, b) => (b.length > a.length ? b : a));
    throw refused(
      `The table lacks the ${missing.length === 1 ? 'column' : 'columns'} ${missing.slice(0, NAMED).join(', ')}; its first line has ${widest.slice(0, NAMED).join(', ') || 'nothing'}.`,
      'The first line must name the columns, separated by commas, semicolons or tabs.'
    );
  }
  const twice = columns.find(
    name => headers[best].indexOf(name) !== headers[best].lastIndexOf(name)
  );
  if (twice) {
    throw refused(`The table has two columns called ${twice}.`);
  }
  return SEPARATORS[best];
}

/** A number as spreadsheets write it; where semicolons separate, a comma may stand for the point. */
function numberIn(text: string, separator: string): number {
  const plain = separator === ';' ? text.replace(',', '.') : text;
  const isNumeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain);
  return isNumeral ? Number(plain) : NaN;
}

function parseRows(text: string, separator: string): string[][] {
  try {
    return parse(text, { ...options(separator), to: MAX_ROWS + 2 });
  } catch (error) {
    const { code, lines } = error as CsvError & { lines?: number };
    const why =
      code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? 'has not as many values as the first line has names'
        : 'has a quotation mark that does not end, or stands in the wrong place';
    throw refused(`The table is damaged: line ${lines} ${why}.`);
  }
}

/**
 * The columns of these names in a CSV file, as rows of numbers one behind the other. Other columns may be there, in any order.
 * @param otherNames - By which the columns may be called too, such as those that people gave them.
 * @throws DeepError `invalid-arguments` that says what is wrong with the table, and where.
 */
export function readTable(
  input: FileInput,
  columns: string[],
  maxBytes: number,
  otherNames: (string | undefined)[] = []
): Float32Array {
  checkInput(input, maxBytes);
  const text = decoded(input);
  if (text.trim() === '') {
    throw refused('The table is empty.');
  }
  const named = renaming(columns, otherNames);
  const separator = separatorOf(text, columns, named);
  const [first, ...rows] = parseRows(text, separator);
  if (rows.length === 0) {
    throw refused('The table has names of columns, but no rows.');
  }
  if (rows.length > MAX_ROWS) {
    throw refused(
      `The table has more than ${MAX_ROWS} rows.`,
      'Divide it into several files.'
    );
  }
  const header = named(first);
  const places = columns.map(name => header.indexOf(name));
  const numbers = new Float32Array(rows.length * columns.length);
  rows.forEach((row, index) => {
    places.forEach((place, column) => {
      const value = numberIn(row[place], separator);
      if (!Number.isFinite(value)) {
        throw refused(
          `Row ${index + 1} of the table has ${row[place] === '' ? 'nothing' : `“${row[place].slice(0, 40)}”`} for ${columns[column]}, which is not a number.`,
          'Correct it, or leave the row out.'
        );
      }
      numbers[index * columns.length + column] = value;
    });
  });
  return numbers;
}
