import { IResult } from './nodeWork';
import { IItemRow } from './recordShapes';
import { IFiring, IToken, partKey } from './token';

/** Of a token beside its value, roughly. */
const BYTES_A_TOKEN = 500;

/** Tokens by the port that they leave by. */
export type Tokens = ReadonlyMap<string, readonly IToken[]>;

/** What a work came to: rows to be written down, and what goes on. */
export interface IOutcome {
  rows: IItemRow[];
  tokens: Tokens;
  /** What it holds in memory. */
  bytes: number;
}

/**
 * @param nextItem Numbers of items.
 * @param parents Items that it was made of, where they are not those that the work took.
 */
export function outcomeOf(
  firing: IFiring,
  { outputs, isCached = false, groupKey }: IResult,
  nextItem: () => number,
  parents = parentsOf(firing)
): IOutcome {
  const tokens = new Map<string, IToken[]>();
  let bytes = 0;
  const sender = firing.inputs.get('in')?.[0]?.node ?? '';
  const collected = groupKey === undefined ? undefined : { groupKey, sender };
  const rows = outputs.map((output, index): IItemRow => {
    const { port, part, value, file } = output;
    const key = part === undefined ? firing.key : partKey(firing.key, part);
    const text = value === undefined ? undefined : JSON.stringify(value);
    bytes += BYTES_A_TOKEN + (text?.length ?? 0);
    const item = nextItem();
    if (port !== '') {
      const token = { item, key, node: firing.node, value, file };
      tokens.set(port, [...(tokens.get(port) ?? []), token]);
    }
    return {
      ...rowOf(firing, item, parents),
      ...{ key, port, isFirst: index === 0, cached: isCached },
      ...{ value: text, file, collected }
    };
  });
  if (rows.length === 0) {
    rows.push(rowOf(firing, nextItem(), parents));
  }
  return { rows, tokens, bytes };
}

/** Nothing goes on behind a failure. */
export const failureOf = (
  firing: IFiring,
  error: IItemRow['error'],
  nextItem: () => number
): IOutcome => {
  const row = rowOf(firing, nextItem(), parentsOf(firing));
  return {
    rows: [{ ...row, state: 'failed', error }],
    tokens: new Map(),
    bytes: 0
  };
};

/** What goes on of what an earlier service has written down. */
export function tokensIn(rows: readonly IItemRow[]): Tokens {
  const given = rows.filter(
    ({ state, port }) => state === 'done' && port !== ''
  );
  const byPort = Map.groupBy(given, ({ port }) => port);
  return new Map([...byPort].map(([port, some]) => [port, some.map(tokenOf)]));
}

const rowOf = (
  { node, origin, name, key }: IFiring,
  item: number,
  parents: number[]
): IItemRow => ({
  ...{ item, node, origin: origin.index, firing: name, key, port: '' },
  ...{ isFirst: true, state: 'done', cached: false, parents }
});

const parentsOf = ({ inputs }: IFiring): number[] =>
  [...inputs.values()].flat().map(({ item }) => item);

const tokenOf = ({ item, key, node, value, file }: IItemRow): IToken => ({
  ...{ item, key, node, file },
  value: value === undefined ? undefined : JSON.parse(value)
});
