import { IRowsPart, SHOWN } from './parts';
import { isRecord, JsonRecord, places, sampled } from './reading';

const ENTRIES_SAMPLED = 50;

/** Rows of a table in an answer: a list of records, lists of equal length, or a record of such lists. */
export function findRows(body: unknown): IRowsPart | null {
  for (const place of places(body, 2)) {
    const found =
      rowsOfRecords(place) ?? rowsOfLists(place) ?? rowsOfColumns(place);
    if (found) {
      return found;
    }
  }
  return null;
}

/** The table of a list of records; null for anything else. */
export function rowsOfRecords(list: unknown): IRowsPart | null {
  const fit =
    Array.isArray(list) &&
    list.length > 0 &&
    sampled(list, ENTRIES_SAMPLED).every(isRecord);
  if (!fit) {
    return null;
  }
  const records = list.slice(0, SHOWN.rows).filter(isRecord);
  const columns = columnsOf(records);
  return {
    kind: 'rows',
    columns,
    rows: records.map(record => columns.map(name => record[name])),
    total: list.length
  };
}

function columnsOf(records: readonly JsonRecord[]): string[] {
  const names = new Set<string>();
  for (const record of records.slice(0, 200)) {
    for (const name in record) {
      if (names.size < SHOWN.columns) {
        names.add(name);
      }
    }
  }
  return [...names];
}

/** Lists of the same length, at least two: a matrix. */
function rowsOfLists(list: unknown): IRowsPart | null {
  if (!Array.isArray(list) || list.length < 2 || !Array.isArray(list[0])) {
    return null;
  }
  const width = list[0].length;
  const fit =
    width > 0 &&
    sampled(list, ENTRIES_SAMPLED).every(
      row => Array.isArray(row) && row.length === width && isFlat(row)
    );
  const shown = Math.min(width, SHOWN.columns);
  return fit
    ? {
        kind: 'rows',
        columns: Array.from({ length: shown }, (_, index) => String(index)),
        rows: list
          .slice(0, SHOWN.rows)
          .map(row => (row as unknown[]).slice(0, shown)),
        total: list.length
      }
    : null;
}

const isFlat = (row: readonly unknown[]): boolean =>
  row.slice(0, SHOWN.columns).every(cell => typeof cell !== 'object');

function rowsOfColumns(record: unknown): IRowsPart | null {
  const columns = equalColumns(record);
  if (!columns) {
    return null;
  }
  const total = columns[0][1].length;
  return {
    kind: 'rows',
    columns: columns.map(([name]) => name),
    rows: Array.from({ length: Math.min(total, SHOWN.rows) }, (_, index) =>
      columns.map(([, values]) => values[index])
    ),
    total
  };
}

/** Two or more lists of plain values of one length: the columns of a table. */
export function equalColumns(
  record: unknown
): [string, readonly unknown[]][] | null {
  if (!isRecord(record)) {
    return null;
  }
  const lists = Object.entries(record)
    .slice(0, SHOWN.columns)
    .filter(
      (entry): entry is [string, unknown[]] =>
        Array.isArray(entry[1]) && entry[1].length > 0
    );
  const length = lists[0]?.[1].length;
  const fit =
    lists.length >= 2 &&
    lists.every(
      ([, values]) =>
        values.length === length && isFlat(sampled(values, ENTRIES_SAMPLED))
    );
  return fit ? lists : null;
}
