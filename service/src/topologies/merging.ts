import { DeepError, recognise, TopologyNode } from '@jupyterlab-deep/protocol';

type MergeNode = Extract<TopologyNode, { kind: 'merge' }>;

/** A value, and the node that it came from. */
export interface ISent {
  sender: string;
  value: unknown;
}

/**
 * One value of several.
 *
 * @throws DeepError where they cannot be merged in this manner.
 */
export function merged({ manner }: MergeNode, sent: readonly ISent[]): unknown {
  const values = sent.map(({ value }) => value);
  switch (manner) {
    case 'list':
      return values;
    case 'key':
      return bySender(sent);
    case 'vote':
      return vote(values);
    case 'mean':
      return mean(values.map(asNumbers), '');
  }
}

function bySender(sent: readonly ISent[]): Record<string, unknown> {
  const groups = Map.groupBy(sent, ({ sender }) => sender);
  return Object.fromEntries(
    [...groups].map(([sender, some]) => [
      sender,
      some.length === 1 ? some[0].value : some.map(({ value }) => value)
    ])
  );
}

/** Of several with as many votes, the one that came first. */
function vote(values: readonly unknown[]): unknown {
  const votes = new Map<string, { value: unknown; count: number }>();
  for (const value of values.map(asVote)) {
    const text = JSON.stringify(sorted(value)) ?? 'null';
    const known = votes.get(text) ?? { value, count: 0 };
    votes.set(text, { ...known, count: known.count + 1 });
  }
  return [...votes.values()].reduce((best, each) =>
    each.count > best.count ? each : best
  ).value;
}

/** A classification votes for its best class. */
const asVote = (value: unknown): unknown => {
  const scores = scoresIn(value);
  return scores ? scores[0]?.label : value;
};

/** Of a classification the probabilities by class. */
const asNumbers = (value: unknown): unknown => {
  const scores = scoresIn(value);
  return scores
    ? Object.fromEntries(
        scores.map(({ label, probability }) => [label, probability])
      )
    : value;
};

function scoresIn(
  value: unknown
): { label: string; probability: number }[] | undefined {
  return typeof value === 'object' && value !== null
    ? recognise(value).find(part => part.kind === 'scores')?.scores
    : undefined;
}

/** Key by key; what one of them lacks is the mean of the others. */
function mean(values: readonly unknown[], place: string): unknown {
  if (values.every(value => typeof value === 'number')) {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
  if (!values.every(isRecord)) {
    throw new DeepError(
      'invalid-arguments',
      `A mean is made of numbers${place && `; “${place}” is something else`}.`,
      { hint: 'Say by `of` which number of each is meant.' }
    );
  }
  const names = new Set(values.flatMap(value => Object.keys(value)));
  return Object.fromEntries(
    [...names].map(name => {
      const some = values.flatMap(value => value[name] ?? []);
      return [name, mean(some, place ? `${place}.${name}` : name)];
    })
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects with the same keys are the same in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return isRecord(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map(key => [key, sorted(value[key])])
      )
    : value;
}
