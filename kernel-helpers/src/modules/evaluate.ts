import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import type { BatchLabels, BatchRequest } from '@jupyterlab-deep/protocol';
import { DeepError, filePattern } from '@jupyterlab-deep/protocol';
import type { IModuleDescription } from '../deepaas';
import { StorageDataset } from '../storage';

/** What `evaluate` takes: the data, where their labels are, and the module's other arguments. */
export interface IEvaluateArguments {
  /** Files with known classes: a dataset, a folder, or a list (CSV, JSON) beside its files. */
  data: string | StorageDataset;
  /**
   * The list that has the labels; `folders` for the names of folders. Without it they are looked for: in `labels.csv`,
   * `labels.json` or `metadata.csv` of the data, else in the names of folders.
   */
  labels?: string;
  [argument: string]: unknown;
}

/** Options of `evaluate`. */
export interface IEvaluateOptions {
  /** The argument that takes the files, where there are several. */
  argument?: string;
  /** Glob of the files below the data; pictures where the argument takes pictures. */
  pattern?: string;
  signal?: AbortSignal;
}

/** What is asked of the service, which lets the module predict every file. */
export function evaluationRequest(
  module: string,
  { data, labels, ...rest }: IEvaluateArguments,
  { predict }: IModuleDescription,
  options: IEvaluateOptions
): BatchRequest {
  const properties = predict.properties ?? {};
  const isFile = (name: string): boolean => properties[name]?.format === 'file';
  const names = Object.keys(properties).filter(isFile);
  const argument = options.argument ?? onlyOf(names, rest);
  const pattern =
    options.pattern ?? filePattern(argument, textsOf(properties[argument]));
  const fixed = Object.entries(rest).filter(([name]) => isFile(name));
  return {
    module,
    arguments: Object.fromEntries(
      Object.entries(rest).filter(([name]) => !isFile(name))
    ),
    each: { argument, pattern, ...placeOf(data) },
    files: Object.fromEntries(
      fixed.map(([name, value]) => [
        name,
        { from: 'path' as const, path: path.resolve(String(value)) }
      ])
    ),
    labels: labelsOf(data, labels),
    // Test data stay as they are.
    results: 'run',
    // The connection asks again when an answer was lost.
    requestId: randomUUID()
  };
}

const textsOf = (
  schema: object = {}
): { title?: string; description?: string } => schema;

/** The one that takes the files of the data. */
function onlyOf(names: string[], given: object): string {
  const open = names.filter(name => !(name in given));
  if (open.length === 1) {
    return open[0];
  }
  const says =
    open.length === 0
      ? 'The module has no argument that takes the files.'
      : `Several arguments take files: ${open.join(', ')}.`;
  throw new DeepError('invalid-arguments', says, {
    hint:
      open.length === 0
        ? 'Only modules that predict on files can be evaluated.'
        : `Say which one takes those of the data, such as { argument: '${open[0]}' }.`,
    fields: { data: [says] }
  });
}

const isList = (data: string): boolean =>
  statSync(data, { throwIfNoEntry: false })?.isFile() ?? false;

function placeOf(
  data: string | StorageDataset
): Pick<BatchRequest['each'], 'from' | 'folder' | 'dataset'> {
  if (typeof data !== 'string') {
    return { from: 'dataset', dataset: data.id, folder: '' };
  }
  const place = path.resolve(data);
  return { from: 'path', folder: isList(data) ? path.dirname(place) : place };
}

function labelsOf(
  data: string | StorageDataset,
  labels: string | undefined
): BatchLabels {
  if (labels === 'folders') {
    return { from: 'folders' };
  }
  if (labels !== undefined) {
    return { from: 'list', file: path.resolve(labels) };
  }
  return typeof data === 'string' && isList(data)
    ? { from: 'list', file: path.resolve(data) }
    : { from: 'found' };
}
