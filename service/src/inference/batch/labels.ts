import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  findFiles,
  IFoundFile
} from '@jupyterlab-deep/kernel-helpers/files/findFiles';
import {
  findLabelList,
  LABEL_FORMS,
  readLabelList
} from '@jupyterlab-deep/kernel-helpers/files/labelList';
import {
  BatchFiles,
  BatchLabels,
  DeepError,
  Evaluation
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inputs';
import { BatchItems, IListedFile } from './items';

/** Files that were left out and are named; the others are counted. */
const NAMED = 100;

/** Where the true classes stand, once it was looked. */
export type FoundLabels =
  | { from: 'folders' }
  /** Absolute. */
  | { from: 'list'; file: string };

/** These files, labels or answers make no evaluation: it ends with the reason. */
export class CannotEvaluate extends DeepError {
  /** Of a list that is no list. */
  static from(error: unknown): unknown {
    return error instanceof DeepError && error.key === 'invalid-arguments'
      ? new CannotEvaluate(error.key, error.detail, error)
      : error;
  }
}

/**
 * Look where the labels are.
 *
 * @throws DeepError `unauthorized` of a browser that names a file elsewhere; `not-found` of a list that is not there.
 */
export async function findLabels(
  labels: BatchLabels,
  folder: string,
  { isBrowser }: IAsker
): Promise<FoundLabels> {
  if (labels.from === 'found') {
    const file = await findLabelList(folder).catch(() => undefined);
    return file === undefined ? { from: 'folders' } : { from: 'list', file };
  }
  if (labels.from === 'folders') {
    return labels;
  }
  const file = path.resolve(folder, labels.file);
  const below = path.relative(folder, file).split(path.sep);
  // Also `..`: a page reads only what Jupyter shows.
  if (isBrowser && below.some(part => part.startsWith('.') || part === '')) {
    throw new DeepError(
      'unauthorized',
      `“${labels.file}” does not lie in the folder of the files.`,
      { hint: 'Put the list into the folder, or beside its files.' }
    );
  }
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile()) {
    throw new DeepError('not-found', `There is no list ${labels.file}.`, {
      hint: LABEL_FORMS
    });
  }
  return { from: 'list', file };
}

/**
 * What can be told at once: that no file can have a label.
 *
 * @throws DeepError `invalid-arguments` with what is wrong.
 */
export async function refuseUnlabelled(
  folder: string,
  { argument, pattern }: BatchFiles,
  labels: FoundLabels
): Promise<void> {
  if (labels.from === 'list') {
    for await (const _first of readLabelList(labels.file)) {
      return;
    }
  }
  for await (const file of labelledFiles(folder, pattern)) {
    if (truthOf(file) !== undefined) {
      return;
    }
  }
  const says = `No file in ${folder} that fits “${pattern}” lies in a folder of its class, and there is no list of labels.`;
  throw new DeepError('invalid-arguments', says, {
    hint: LABEL_FORMS,
    fields: { [argument]: [says] }
  });
}

const labelledFiles = (
  folder: string,
  pattern: string,
  signal?: AbortSignal
): AsyncGenerator<IFoundFile> =>
  findFiles(folder, pattern, signal, { entersLinks: true });

/** By its folder. Unicode has two ways to write an é, and clouds change one into the other. */
function truthOf({ path: file }: IFoundFile): string | undefined {
  const end = file.indexOf('/');
  return end < 0 ? undefined : file.slice(0, end).normalize();
}

/** The files of an evaluation: each has its label, and what has none is noted. */
export class Labelling {
  constructor(private readonly _items: BatchItems) {
    this._labels = _items.about('labels')!;
    this._folder = _items.about('folder')!;
  }

  /** Files that fit, those without a label among them. */
  async *files(signal: AbortSignal): AsyncGenerator<IFoundFile> {
    const { pattern } = this._items.about('request')!.each;
    await this._readList(signal);
    const list = this._list && path.relative(this._folder, this._list);
    for await (const file of labelledFiles(this._folder, pattern, signal)) {
      if (file.path !== list) {
        yield file;
      }
    }
  }

  /** Those that have a label, with it. */
  labelled(files: readonly IFoundFile[]): IListedFile[] {
    const listed = this._list
      ? this._items.labels.take(files.map(({ path: file }) => file))
      : undefined;
    return files.flatMap(file => {
      const truth = listed ? listed.get(file.path) : truthOf(file);
      if (truth === undefined) {
        this._leave(file.path, file.unreadable ?? 'It has no label.');
        return [];
      }
      return [{ ...file, truth }];
    });
  }

  /** All files are listed. @throws CannotEvaluate when none of them has a label. */
  async end(): Promise<void> {
    const { count, first } = this._items.labels.rest(NAMED);
    first.forEach(file => this._leave(file, NO_FILE));
    this._leftOut.count += count - first.length;
    await this._items.labels.forgetList();
    this._items.note('leftOut', this._leftOut);
    if (this._items.total === 0) {
      const [{ path: file, reason } = { path: '', reason: '' }] =
        this._leftOut.first;
      throw new CannotEvaluate(
        'invalid-arguments',
        `None of the files has a label. ${file && `${file}: ${reason}`}`.trim(),
        { hint: LABEL_FORMS }
      );
    }
  }

  private async _readList(signal: AbortSignal): Promise<void> {
    await this._items.labels.begin();
    try {
      await this._takeList(signal);
    } catch (error) {
      throw CannotEvaluate.from(error);
    }
  }

  private async _takeList(signal: AbortSignal): Promise<void> {
    const list = this._list;
    for await (const rows of list ? readLabelList(list, signal) : []) {
      const listed = rows.map(({ file, label }) => ({
        path: this._below(file),
        label: label.normalize()
      }));
      const outside = listed.filter(({ path: file }) => isOutside(file));
      outside.forEach(row => this._leave(row.path, OUTSIDE));
      const inside = listed.filter(({ path: file }) => !isOutside(file));
      for (const { path: file, label } of this._items.labels.put(inside)) {
        this._leave(file, `It is also listed as “${label}”.`);
      }
    }
  }

  private _below(file: string): string {
    const place = path.resolve(path.dirname(this._list!), file);
    return path.relative(this._folder, place).split(path.sep).join('/');
  }

  private _leave(file: string, reason: string): void {
    this._leftOut.count += 1;
    if (this._leftOut.first.length < NAMED) {
      this._leftOut.first.push({ path: file, reason });
    }
  }

  private get _list(): string | undefined {
    return this._labels.from === 'list' ? this._labels.file : undefined;
  }

  private readonly _labels: FoundLabels;
  private readonly _folder: string;
  private readonly _leftOut: Evaluation['leftOut'] = { count: 0, first: [] };
}

const NO_FILE = 'It is in the list, but not among the files.';
const OUTSIDE = 'It lies outside of the folder.';

const isOutside = (file: string): boolean =>
  file === '..' || file.startsWith('../') || path.isAbsolute(file);
