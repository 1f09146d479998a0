import { recognise } from '@jupyterlab-deep/protocol';

/** Columns that nobody chose: found in the first rows, so that the table can grow line by line. */
const MOST_COLUMNS = 100;
const DEEPEST = 4;

/** A row of the table, before it is one. */
export interface ITableRow {
  origin: string;
  value: unknown;
}

/** Columns of a table by its first rows. */
export function columnsOf(rows: readonly ITableRow[]): string[] {
  const names = new Set<string>();
  for (const { value } of rows) {
    for (const name of cellsOf(value).keys()) {
      names.add(name);
    }
  }
  return ['origin', ...[...names].slice(0, MOST_COLUMNS)];
}

/** By RFC 4180. */
export const headLine = (columns: readonly string[]): string =>
  columns.map(cell).join(',') + '\r\n';

/** @param isChosen Columns were chosen: their names are keys of the value. */
export function tableLine(
  { origin, value }: ITableRow,
  columns: readonly string[],
  isChosen: boolean
): string {
  const cells = isChosen ? undefined : cellsOf(value);
  const texts = columns.map(name =>
    isChosen
      ? cell((value as Record<string, unknown>)[name])
      : cell(name === 'origin' ? origin : cells!.get(name))
  );
  return texts.join(',') + '\r\n';
}

/** A classification is its best class; of other values each single one by the way to it, such as `box.width`. */
function cellsOf(value: unknown): Map<string, unknown> {
  const isObject = typeof value === 'object' && value !== null;
  const scores = isObject
    ? recognise(value).find(part => part.kind === 'scores')?.scores
    : undefined;
  if (scores && scores.length > 0) {
    const [{ label, probability }] = scores;
    return new Map<string, unknown>([
      ['label', label],
      ['probability', probability]
    ]);
  }
  const cells = new Map<string, unknown>();
  gather(value, '', cells, 0);
  return cells;
}

function gather(
  value: unknown,
  name: string,
  cells: Map<string, unknown>,
  depth: number
): void {
  const isOpened =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    depth < DEEPEST;
  if (!isOpened) {
    cells.set(name || 'value', value);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    gather(inner, name ? `${name}.${key}` : key, cells, depth + 1);
  }
}

/** Text that a spreadsheet would take for a formula is marked as text. */
const FORMULA = /^[=+@\t\r]|^-(?![\d.])/;

function cell(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
