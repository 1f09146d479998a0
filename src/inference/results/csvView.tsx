import { SHOWN } from '@jupyterlab-deep/protocol/lib/results';
import { seriesOfRows } from '@jupyterlab-deep/protocol/lib/results';
import * as Papa from 'papaparse';
import * as React from 'react';
import { formatCount } from './numbers';
import { LazyChart } from './lazyViews';
import { TableView } from './tableView';
import type { IViewContext } from './viewContext';

/** CSV or TSV as a table, with a chart above it where it has times. */
export function CsvView({ view }: { view: IViewContext }): JSX.Element {
  const { result, trans } = view;
  const { text = '', isCut } = result;
  const part = React.useMemo(() => readTable(text, isCut), [text, isCut]);
  const series = React.useMemo(() => seriesOfRows(part), [part]);
  const note = isCut
    ? trans.__(
        'The beginning: %1 rows. Save the file to have all.',
        formatCount(part.rows.length)
      )
    : undefined;
  return (
    <>
      {series && <LazyChart part={series} trans={trans} />}
      <TableView part={part} note={note} trans={trans} />
    </>
  );
}

/** The rows of a text with separators. The last row of a text that was cut is not whole. */
export function readTable(text: string, isCut: boolean) {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
  const [columns = [], ...all] = isCut ? data.slice(0, -1) : data;
  const rows = all.slice(0, SHOWN.rows);
  const numeric = columns.map((_, index) =>
    rows.every(row => !row[index] || isNumber(row[index]))
  );
  return {
    kind: 'rows' as const,
    columns: columns.slice(0, SHOWN.columns),
    rows: rows.map(row =>
      row.map((cell, index) => (numeric[index] ? asNumber(cell) : cell))
    ),
    total: all.length
  };
}

const isNumber = (cell: string): boolean =>
  /^\s*-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(cell) &&
  // Leading zeros belong to codes, many digits to identifiers.
  !/^\s*-?0\d|\d{16}/.test(cell);

const asNumber = (cell: string): number | null =>
  cell.trim() === '' ? null : Number(cell);
