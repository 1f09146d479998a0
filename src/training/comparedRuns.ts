import type { Run, TrainingStep } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { TrainingClient } from './trainingClient';

/** One line of the table: what each run says of one thing. */
export interface IComparedRow {
  name: string;
  /** In the order of the runs; empty where a run says nothing. */
  values: string[];
  /** Not all runs say the same. */
  differs: boolean;
}

/** What the runs were given and came to, side by side. Data stand by their names, not by where they lie. */
export function comparedRows(
  runs: readonly Run[],
  words: { data: string; version: string },
  format: (value: number) => string
): { given: IComparedRow[]; reached: IComparedRow[] } {
  const given = runs.map(
    ({ arguments: values, training }) =>
      new Map<string, string>([
        [words.data, (training?.data ?? []).map(({ name }) => name).join(', ')],
        [words.version, training?.moduleVersion ?? ''],
        ...Object.entries(values)
          .filter(
            ([name]) =>
              !training?.data.some(({ argument }) => argument === name)
          )
          .map(([name, value]): [string, string] => [name, textOf(value)])
      ])
  );
  const reached = runs.map(
    ({ training }) =>
      new Map(
        Object.entries(training?.metrics ?? {}).map(
          ([name, value]): [string, string] => [name, format(value)]
        )
      )
  );
  return { given: rowsOf(given), reached: rowsOf(reached) };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function rowsOf(columns: ReadonlyMap<string, string>[]): IComparedRow[] {
  const names = new Set(columns.flatMap(column => [...column.keys()]));
  return [...names]
    .map(name => {
      const values = columns.map(column => column.get(name) ?? '');
      return { name, values, differs: new Set(values).size > 1 };
    })
    .filter(({ values }) => values.some(value => value !== ''));
}

type Steps = ReadonlyMap<string, readonly TrainingStep[]>;

/** The numbers of each run, and those that come while it goes on. */
export function useSteps(
  client: TrainingClient,
  runs: readonly Run[]
): { steps: Steps; hasFailed: boolean } {
  const [steps, setSteps] = React.useState<Steps>(new Map());
  const [hasFailed, setFailed] = React.useState(false);
  const wanted = runs
    .map(({ id, training }) => `${id} ${training?.steps ?? 0}`)
    .join('\n');
  React.useEffect(() => {
    let isGone = false;
    const ids = wanted.split('\n').map(each => each.split(' ')[0]);
    const load = async (): Promise<void> => {
      const found = await Promise.all(
        ids.map(async id => [id, (await client.steps(id, 0)).steps] as const)
      );
      if (!isGone) {
        setSteps(new Map(found));
        setFailed(false);
      }
    };
    load().catch(() => isGone || setFailed(true));
    return () => {
      isGone = true;
    };
  }, [client, wanted]);
  return { steps, hasFailed };
}
