import { setImmediate as breathe } from 'node:timers/promises';
import { BatchCount, DeepError } from '@jupyterlab-deep/protocol';
import {
  findFiles,
  IFoundFile
} from '@jupyterlab-deep/kernel-helpers/files/findFiles';
import { BatchItems } from './items';
import { Labelling } from './labels';

const ROWS_AT_ONCE = 500;
/** What somebody waits for who types a pattern. */
const COUNT_MS = 1_000;
const SHOWN = 5;

/**
 * Write down every file of a batch before the first is sent. A listing that was broken off begins anew.
 *
 * @throws CannotEvaluate when it is an evaluation and its labels do not fit.
 */
export async function listFiles(
  items: BatchItems,
  signal: AbortSignal,
  onProgress: (count: number) => void
): Promise<void> {
  items.clear();
  const labelling = items.about('labels') && new Labelling(items);
  let rows: IFoundFile[] = [];
  const write = (): void => {
    items.add(labelling ? labelling.labelled(rows) : rows);
    rows = [];
  };
  const { each } = items.about('request')!;
  const folder = items.about('folder')!;
  const files = labelling
    ? labelling.files(signal)
    : findFiles(folder, each.pattern, signal);
  for await (const file of files) {
    rows.push(file);
    if (rows.length === ROWS_AT_ONCE) {
      write();
      onProgress(items.total);
      await breathe();
    }
  }
  write();
  await labelling?.end();
  items.note('isListed', true);
}

/** How many files a pattern finds, within a second. */
export async function countFiles(
  folder: string,
  pattern: string
): Promise<BatchCount> {
  const until = performance.now() + COUNT_MS;
  const found: BatchCount = { count: 0, isComplete: true, first: [] };
  for await (const { path } of findFiles(folder, pattern)) {
    found.count += 1;
    if (found.first.length < SHOWN) {
      found.first.push(path);
    }
    if (performance.now() > until) {
      return { ...found, isComplete: false };
    }
  }
  return found;
}

/** @throws DeepError `invalid-arguments` when nothing fits. */
export async function refuseNothing(
  folder: string,
  { argument, pattern }: { argument: string; pattern: string }
): Promise<void> {
  for await (const _first of findFiles(folder, pattern)) {
    return;
  }
  const says = `No file in ${folder} fits “${pattern}”.`;
  throw new DeepError('invalid-arguments', says, {
    hint: 'Hidden files are left out; `**/*` takes all files of all folders below.',
    fields: { [argument]: [says] }
  });
}
