import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  EvaluatedClass,
  Evaluation,
  MATRIX_CLASSES
} from '@jupyterlab-deep/protocol';
import { Tally } from './tally';

/** Classes that are told one by one. */
const TOLD_CLASSES = 1_000;
const TOLD_CONFUSIONS = 20;

/** What is counted, in the shape that people see. */
export type Counted = Pick<
  Evaluation,
  | 'accuracy'
  | 'confused'
  | 'count'
  | 'labels'
  | 'outside'
  | 'perClass'
  | 'right'
  | 'rows'
  | 'unknown'
>;

/** @param known The classes of the model, where it says them. */
export function countedIn(
  tally: Tally,
  known: ReadonlySet<string> | undefined
): Counted {
  const labels = labelsOf(tally);
  const rows = labels.map(truth =>
    labels.map(label => tally.truths.get(truth)?.found.get(label) ?? 0)
  );
  const inside = rows.flat().reduce((sum, count) => sum + count, 0);
  const { count, right, accuracy } = tally;
  return {
    count,
    right,
    ...(accuracy === undefined ? {} : { accuracy }),
    labels,
    rows,
    outside: count - inside,
    perClass: classesOf(tally),
    confused: confusedIn(tally),
    unknown: unknownIn(tally, known)
  };
}

/** The same order on every machine, whatever its language. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Classes of the files by name, then others that were found for them; of many those that matter most. */
function labelsOf({ truths, found }: Tally): string[] {
  const most = [...truths]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, MATRIX_CLASSES)
    .map(([label]) => label)
    .sort(inOrder);
  const others = [...found]
    .filter(([label]) => !truths.has(label))
    .sort(([a, often], [b, seldom]) => seldom - often || inOrder(a, b))
    .map(([label]) => label);
  return [...most, ...others].slice(0, MATRIX_CLASSES);
}

function classesOf({ truths, found }: Tally): EvaluatedClass[] {
  const names = [...truths.keys()].sort(inOrder).slice(0, TOLD_CLASSES);
  return names.map(label => {
    const of = truths.get(label)!;
    const right = of.found.get(label) ?? 0;
    const times = found.get(label) ?? 0;
    return {
      label,
      count: of.count,
      ...(of.count > 0 && { recall: right / of.count }),
      ...(times > 0 && { precision: right / times })
    };
  });
}

function confusedIn({ truths }: Tally): Evaluation['confused'] {
  const most: Evaluation['confused'] = [];
  let least = 0;
  for (const [label, of] of truths) {
    for (const [found, count] of of.found) {
      if (found !== label && count > least) {
        most.push({ label, found, count });
      }
    }
    // Every class may be taken for every other: only the most frequent are held.
    most.sort((a, b) => b.count - a.count).splice(TOLD_CONFUSIONS);
    least = most[TOLD_CONFUSIONS - 1]?.count ?? 0;
  }
  return most;
}

/** Of a model that does not say its classes: those that were never found, and of which no answer tells. */
function unknownIn(
  { truths, found }: Tally,
  known: ReadonlySet<string> | undefined
): string[] {
  const isUnknown = (label: string): boolean => {
    const { count, isKnown } = truths.get(label)!;
    return known
      ? !known.has(label)
      : count > 0 && !isKnown && !found.has(label);
  };
  return [...truths.keys()]
    .filter(isUnknown)
    .sort(inOrder)
    .slice(0, TOLD_CLASSES);
}

/** The classes that a model folder names; undefined of one that names none, and of anything else. */
export async function classesOfModel(
  folder: string
): Promise<ReadonlySet<string> | undefined> {
  try {
    const text = await readFile(path.join(folder, 'config.json'), 'utf8');
    const { id2label } = JSON.parse(text) as { id2label?: object };
    const labels = Object.values(id2label ?? {});
    return labels.length === 0
      ? undefined
      : new Set(labels.map(label => String(label).normalize()));
  } catch {
    // Then what was answered has to tell.
    return undefined;
  }
}
