import { SQLOutputValue } from 'node:sqlite';
import { TopologyItem } from '@jupyterlab-deep/protocol';
import { IItemRow } from './recordShapes';

/** A value of the listing is shown up to here, characters. */
const SHOWN_CHARACTERS = 20_000;

export const columnsOf = (row: IItemRow): (string | number | null)[] => [
  row.item,
  row.node,
  row.origin,
  row.firing,
  row.key,
  row.port,
  Number(row.isFirst),
  row.state,
  Number(row.cached),
  JSON.stringify(row.parents),
  row.value ?? null,
  row.file ? JSON.stringify(row.file) : null,
  row.error ? JSON.stringify(row.error) : null
];

const jsonOf = (column: SQLOutputValue): never | undefined =>
  column === null ? undefined : JSON.parse(String(column));

export function rowOf(row: Record<string, SQLOutputValue>): IItemRow {
  return {
    ...(row as unknown as IItemRow),
    isFirst: row.isFirst === 1,
    cached: row.cached === 1,
    parents: JSON.parse(String(row.parents)),
    value: row.value === null ? undefined : String(row.value),
    file: jsonOf(row.file),
    error: jsonOf(row.error)
  };
}

export function shown(row: Record<string, SQLOutputValue>): TopologyItem {
  const { item, node, port, origin, state, cached, parents, value, file } =
    rowOf(row);
  const error = rowOf(row).error;
  const isCut = value !== undefined && value.length > SHOWN_CHARACTERS;
  return {
    id: item,
    node,
    ...(port !== '' && { port }),
    origin: { name: String(row.originName ?? ''), index: origin },
    parents,
    state,
    cached,
    ...(value !== undefined && {
      value: isCut ? value.slice(0, SHOWN_CHARACTERS) : JSON.parse(value)
    }),
    ...(isCut && { isCut }),
    ...(file && {
      file: {
        name: file.name,
        contentType: file.contentType,
        sizeBytes: file.sizeBytes
      }
    }),
    ...(error && { error })
  };
}
