import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { parse } from 'csv-parse';
import {
  findFiles,
  IFoundFile
} from '@jupyterlab-deep/kernel-helpers/files/findFiles';
import { asGlob } from '@jupyterlab-deep/kernel-helpers/files/glob';
import { DeepError, typeOfName, TopologyNode } from '@jupyterlab-deep/protocol';
import { Datasets } from '../storage/datasets/datasets';
import { readableDataset } from '../storage/datasets/readable';
import { ILocated, placeIn } from './locate';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { IWaitingOrigin } from './recordShapes';
import { ICarried } from './token';

const ROWS_AT_ONCE = 500;

/** What a source gives. */
type Given = Pick<IWaitingOrigin, 'name' | 'given'>;

/** What stands instead of what sources say, by node id; items of the request. */
export interface IGivenInputs {
  inputs: Record<string, unknown>;
  items?: Record<string, unknown>[];
}

/**
 * Write down everything that the sources of a run give, before the first goes on. A listing that was broken off begins
 * anew.
 *
 * @throws DeepError where a source has nothing, or cannot be read.
 */
export async function listOrigins(
  parts: listOrigins.IParts,
  onProgress: (count: number) => void
): Promise<void> {
  const { plan, records, signal } = parts;
  records.clearOrigins();
  for (const source of plan.sources) {
    let rows: Omit<IWaitingOrigin, 'origin'>[] = [];
    for await (const given of givenBy(source, parts)) {
      rows.push({ ...given, source, parents: [] });
      if (rows.length === ROWS_AT_ONCE) {
        records.addOrigins(rows);
        rows = [];
        onProgress(records.total);
        await breathe();
        signal.throwIfAborted();
      }
    }
    records.addOrigins(rows);
  }
  records.note('isListed', true);
}

export namespace listOrigins {
  export interface IParts {
    plan: Plan;
    records: TopologyRecords;
    at: Pick<ILocated, 'folder' | 'asker'>;
    given: IGivenInputs;
    datasets: Pick<Datasets, 'find'>;
    signal: AbortSignal;
  }
}

async function* givenBy(
  source: string,
  parts: listOrigins.IParts
): AsyncGenerator<Given> {
  const { plan, given } = parts;
  const { node } = plan.node(source);
  const instead = given.inputs[source];
  const text = typeof instead === 'string' ? instead : undefined;
  switch (node.kind) {
    case 'files':
      yield* filesOf(placeIn(parts.at, text ?? node.pattern), parts.signal);
      break;
    case 'dataset':
      yield* datasetFiles(text ?? node.dataset, node.pattern, parts);
      break;
    case 'csv-column':
      yield* rowsOf(placeIn(parts.at, text ?? node.file), node);
      break;
    case 'request':
      yield* requested(node, given, parts.at);
      break;
  }
}

async function* filesOf(
  place: string,
  signal: AbortSignal
): AsyncGenerator<Given> {
  const glob = asGlob(place);
  if (!glob) {
    yield fileGiven(path.dirname(place), await lookAt(place));
    return;
  }
  let count = 0;
  for await (const found of findFiles(glob.folder, glob.pattern, signal)) {
    count += 1;
    yield fileGiven(glob.folder, found);
  }
  if (count === 0) {
    throw nothing(`No file fits ${place}.`);
  }
}

async function lookAt(place: string): Promise<IFoundFile> {
  const info = await stat(place).catch(() => undefined);
  if (!info?.isFile()) {
    throw nothing(`There is no file ${place}.`);
  }
  const { size: sizeBytes, mtimeMs: modifiedMs } = info;
  return { path: path.basename(place), sizeBytes, modifiedMs };
}

async function* datasetFiles(
  name: string,
  pattern: string | undefined,
  { datasets, signal }: listOrigins.IParts
): AsyncGenerator<Given> {
  const { path: folder, ref } = await readableDataset(datasets, name);
  let count = 0;
  for await (const found of findFiles(folder, pattern || '**/*', signal)) {
    count += 1;
    yield fileGiven(folder, found);
  }
  if (count === 0) {
    throw nothing(`No file of ${ref} fits “${pattern || '**/*'}”.`);
  }
}

const fileGiven = (folder: string, found: IFoundFile): Given => ({
  name: found.path,
  given: { file: fileAt(path.join(folder, found.path), found) }
});

const fileAt = (
  place: string,
  { path: name, sizeBytes }: Pick<IFoundFile, 'path' | 'sizeBytes'>
): ICarried => ({
  file: {
    name: path.posix.basename(name),
    contentType: typeOfName(name),
    sizeBytes,
    path: place
  }
});

async function* rowsOf(
  place: string,
  { column, isFile }: Extract<TopologyNode, { kind: 'csv-column' }>
): AsyncGenerator<Given> {
  const parser = createReadStream(place)
    .on('error', error => parser.destroy(error))
    .pipe(
      parse({
        columns: true,
        bom: true,
        skip_empty_lines: true,
        relax_column_count: true
      })
    );
  let count = 0;
  try {
    for await (const row of parser as AsyncIterable<Record<string, string>>) {
      if (!Object.hasOwn(row, column)) {
        throw nothing(
          `${place} has no column “${column}”; it has ${Object.keys(row).join(', ')}.`
        );
      }
      count += 1;
      const value = row[column];
      yield isFile
        ? {
            name: value,
            given: {
              ...fileInRow(path.resolve(path.dirname(place), value)),
              row: { value: row }
            }
          }
        : {
            name: `row ${count}`,
            given: { value: { value: plain(value) }, row: { value: row } }
          };
    }
  } catch (error) {
    throw error instanceof DeepError
      ? error
      : nothing(
          `${place} cannot be read as CSV: ${(error as Error).message}.`,
          error
        );
  }
  if (count === 0) {
    throw nothing(`${place} has no rows.`);
  }
}

/** What cannot be read fails where it is used: one missing file is no reason to refuse the others. */
const fileInRow = (place: string): { file: ICarried } => ({
  file: fileAt(place, { path: path.basename(place), sizeBytes: 0 })
});

/** Cells of a table are text; those that are numbers are taken as such. */
const plain = (cell: string): unknown =>
  /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : cell;

function* requested(
  { inputs }: Extract<TopologyNode, { kind: 'request' }>,
  given: IGivenInputs,
  at: listOrigins.IParts['at']
): Generator<Given> {
  const items = given.items ?? [given.inputs];
  for (const [index, item] of items.entries()) {
    yield {
      name: `request ${index + 1}`,
      given: Object.fromEntries(
        Object.entries(inputs).flatMap(([name, about]) => {
          const value = item[name] ?? about.default;
          if (value === undefined && about.required) {
            throw nothing(`Item ${index + 1} lacks “${name}”.`);
          }
          return value === undefined
            ? []
            : [[name, asCarried(value, about.type.kind === 'file', at)]];
        })
      )
    };
  }
}

/** A file is named by its path. */
function asCarried(
  value: unknown,
  isFile: boolean,
  at: listOrigins.IParts['at']
): ICarried {
  if (!isFile) {
    return { value };
  }
  if (typeof value !== 'string') {
    throw nothing('A file of a request is named by its path.');
  }
  const place = placeIn(at, value);
  return fileAt(place, { path: path.basename(place), sizeBytes: 0 });
}

const nothing = (says: string, cause?: unknown): DeepError =>
  new DeepError('invalid-arguments', says, {
    hint: 'Look at the source in the topology.',
    cause
  });
