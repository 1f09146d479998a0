import type { IRowsPart } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount, formatNumber } from './numbers';

/** Rows at a time. */
const STEP = 100;

/** Characters of a cell. */
const MOST_CHARACTERS = 300;

interface ITableViewProps {
  part: IRowsPart;

  /** Said below the table instead of the count. */
  note?: string;
  trans: TranslationBundle;
}

/** Rows as a table, a hundred at a time. */
export function TableView(props: ITableViewProps): JSX.Element {
  const { part, note, trans } = props;
  const [count, setCount] = React.useState(STEP);
  const shown = part.rows.slice(0, count);
  const words =
    note ??
    trans.__(
      'The first %1 of %2 rows.',
      formatCount(shown.length),
      formatCount(part.total)
    );
  return (
    <>
      <div
        className="jp-DeepResults-table"
        role="region"
        tabIndex={0}
        aria-label={trans.__('Table')}
      >
        <table>
          <thead>
            <tr>
              {part.columns.map((name, index) => (
                <th key={index} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {part.columns.map((_, column) => (
                  <Cell key={column} value={row[column]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="jp-DeepResults-note">
        {part.total > shown.length || note ? words : rowCount(part, trans)}{' '}
        {part.rows.length > shown.length && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => setCount(count + STEP)}
          >
            {trans.__('Show more rows')}
          </button>
        )}
      </p>
    </>
  );
}

const rowCount = ({ total }: IRowsPart, trans: TranslationBundle): string =>
  trans._n('%1 row.', '%1 rows.', total, formatCount(total));

function Cell({ value }: { value: unknown }): JSX.Element {
  return <td data-number={typeof value === 'number'}>{cellText(value)}</td>;
}

/** What a cell says about any value. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : formatNumber(value);
  }
  const text = typeof value === 'object' ? shortJson(value) : String(value);
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}…`
    : text;
}

/** Not the whole of a large value: a cell shows its beginning. */
function shortJson(value: object): string {
  const isLong = Array.isArray(value) && value.length > 50;
  return isLong
    ? `${JSON.stringify(value.slice(0, 50)).slice(0, -1)}, …`
    : JSON.stringify(value);
}
