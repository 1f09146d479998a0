import { escapeHtml, IMimeBundle } from './bundle';

export type Row = Record<string, unknown>;

/** A cell that runs a command of JupyterLab when it is clicked; elsewhere it is its text. */
export class CommandLink {
  constructor(
    readonly text: string,
    readonly command: string,
    readonly args: Record<string, string>
  ) {}

  toString(): string {
    return this.text;
  }

  /** JupyterLab's command linker listens to these attributes. */
  toHtml(): string {
    const args = escapeHtml(JSON.stringify(this.args));
    return (
      `<a href="#" data-commandlinker-command="${escapeHtml(this.command)}" ` +
      `data-commandlinker-args="${args}">${escapeHtml(this.text)}</a>`
    );
  }
}

/** Rows that a person can still look through. */
const MAX_ROWS = 200;
const MAX_CELL = 300;

/** JupyterLab aligns cells to the right, which suits numbers only. */
const CELL = 'text-align:left';

/**
 * Rows as a table.
 *
 * @param rows One object a row.
 * @param columns Names of the properties to show, in this order; all by default.
 * @param caption Line above the table.
 */
export function tableBundle(
  rows: readonly Row[],
  columns: readonly string[] = columnsOf(rows),
  caption = ''
): IMimeBundle {
  const shown = rows.slice(0, MAX_ROWS);
  const cells = shown.map(row => columns.map(name => cellText(row[name])));
  const more =
    rows.length > shown.length
      ? `… and ${rows.length - shown.length} more rows`
      : '';
  return {
    'text/plain': asText(columns, cells, caption, more),
    'text/html': asHtml(
      columns,
      shown.map(row => columns.map(name => cellHtml(row[name]))),
      caption,
      more
    )
  };
}

const columnsOf = (rows: readonly Row[]): string[] => [
  ...new Set(rows.slice(0, MAX_ROWS).flatMap(row => Object.keys(row)))
];

/** What a cell says about any value. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(5)));
  }
  if (value instanceof CommandLink) {
    return value.text;
  }
  const isFlatList =
    Array.isArray(value) && value.every(item => typeof item !== 'object');
  const text = isFlatList
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
}

const cellHtml = (value: unknown): string =>
  value instanceof CommandLink ? value.toHtml() : escapeHtml(cellText(value));

function asText(
  columns: readonly string[],
  cells: readonly string[][],
  caption: string,
  more: string
): string {
  const lines = [columns, ...cells].map(row => row.map(oneLine));
  const widths = columns.map((_, index) =>
    Math.min(60, Math.max(...lines.map(row => row[index].length)))
  );
  const text = lines.map(row =>
    row
      .map((cell, index) => cell.slice(0, 60).padEnd(widths[index]))
      .join('  ')
      .trimEnd()
  );
  return [caption, ...text, more].filter(Boolean).join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** @param cells HTML of each. */
function asHtml(
  columns: readonly string[],
  cells: readonly string[][],
  caption: string,
  more: string
): string {
  const row = (tag: string, values: readonly string[]): string =>
    `<tr>${values
      .map(value => `<${tag} style="${CELL}">${value}</${tag}>`)
      .join('')}</tr>`;
  return [
    '<table>',
    caption && `<caption>${escapeHtml(caption)}</caption>`,
    `<thead>${row('th', columns.map(escapeHtml))}</thead>`,
    `<tbody>${cells.map(values => row('td', values)).join('')}</tbody>`,
    '</table>',
    more && `<p>${escapeHtml(more)}</p>`
  ]
    .filter(Boolean)
    .join('');
}
