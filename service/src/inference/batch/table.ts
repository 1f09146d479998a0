import { IEndedRow } from './items';

/** The columns of a results table: fixed by its first answer, so that it can grow line by line. */
export interface IColumns {
  isClassification: boolean;
  /** Absent in what older versions noted. */
  isEvaluation?: boolean;
  /** Single values of the answer, by the names of the way to them, such as `box.width`. */
  values: string[];
}

const MAX_VALUES = 50;
const MAX_DEPTH = 4;

/** What the table of a batch has for columns, by the first item that was done. */
export function columnsFor(row: IEndedRow): IColumns {
  const isClassification = row.label !== null;
  const values = isClassification ? [] : [...valuesIn(row).keys()];
  return {
    isClassification,
    isEvaluation: row.truth !== null,
    values: values.slice(0, MAX_VALUES)
  };
}

/** The table's first line (CSV by RFC 4180). */
export const headLine = (columns: IColumns): string =>
  line([
    'file',
    'state',
    ...(columns.isEvaluation ? ['truth'] : []),
    ...(columns.isClassification ? ['label', 'probability'] : columns.values),
    ...(holdsAnswer(columns) ? ['answer'] : []),
    'answer_file',
    'seconds',
    'note',
    'error'
  ]);

/** The line of one item. */
export function tableLine(row: IEndedRow, columns: IColumns): string {
  const { isClassification, isEvaluation, values } = columns;
  const found = isClassification ? undefined : valuesIn(row);
  return line([
    row.path,
    row.state,
    ...(isEvaluation ? [foreign(row.truth)] : []),
    ...(isClassification
      ? [foreign(row.label), row.probability]
      : values.map(name => foreign(found?.get(name)))),
    ...(holdsAnswer(columns) ? [foreign(row.answer)] : []),
    row.file,
    row.seconds,
    row.note,
    row.error === null ? null : JSON.parse(row.error).detail
  ]);
}

/** Where nothing of the answer fits a column, it stands there as JSON. */
const holdsAnswer = ({ isClassification, values }: IColumns): boolean =>
  !isClassification && values.length === 0;

type Cell = string | number | boolean | null | undefined;

/** Text of a module: spreadsheets would take it for a formula. */
const foreign = (value: Cell): Cell =>
  typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;

const line = (cells: Cell[]): string => `${cells.map(quoted).join(',')}\r\n`;

function quoted(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function valuesIn({ answer }: IEndedRow): Map<string, Cell> {
  const values = new Map<string, Cell>();
  if (answer !== null) {
    collect(JSON.parse(answer), '', MAX_DEPTH, values);
  }
  return values;
}

function collect(
  value: unknown,
  name: string,
  depth: number,
  values: Map<string, Cell>
): void {
  if (Array.isArray(value)) {
    return;
  }
  if (typeof value !== 'object' || value === null) {
    values.set(name || 'answer', value as Cell);
    return;
  }
  if (depth > 0) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, name ? `${name}.${key}` : key, depth - 1, values);
    }
  }
}
