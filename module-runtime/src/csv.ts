type Row = Record<string, unknown>;

/** Columns of an answer that has no rows. */
const SEGMENT_COLUMNS = ['start_s', 'end_s', 'probability'];

/** The part of an answer that is a table: its rows, its classes or its pieces of sound. */
function rowsIn(result: unknown): Row[] {
  if (Array.isArray(result)) {
    return result as Row[];
  }
  const { predictions, segments } = result as Record<string, Row[]>;
  return predictions ?? segments ?? [result as Row];
}

const cell = (value: unknown): string =>
  typeof value === 'string'
    ? `"${value.replaceAll('"', '""')}"`
    : String(value ?? '');

/** An answer as CSV, texts in quotes. */
export function toCsv(result: unknown): string {
  const rows = rowsIn(result);
  const columns = rows.length > 0 ? Object.keys(rows[0]) : SEGMENT_COLUMNS;
  const lines = rows.map(row => columns.map(name => cell(row[name])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}
