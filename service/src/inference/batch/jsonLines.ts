import { IEndedRow } from './items';

/** One item as a line of JSON. The module's answer goes in as it was stored. */
export function jsonLine(row: IEndedRow): string {
  const { item, path, state, seconds, truth, label, probability } = row;
  const known = { item, path, state, seconds, truth, label, probability };
  const rest = {
    file: row.file,
    note: row.note,
    error: row.error === null ? null : JSON.parse(row.error)
  };
  const head = withoutNull(known);
  const tail = withoutNull(rest);
  const answer = row.answer === null ? '' : `,"answer":${row.answer}`;
  const more = tail === '{}' ? '' : `,${tail.slice(1, -1)}`;
  return `${head.slice(0, -1)}${answer}${more}}\n`;
}

const withoutNull = (values: Record<string, unknown>): string =>
  JSON.stringify(values, (_, value) => value ?? undefined);
