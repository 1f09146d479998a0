import type { Dirent, Stats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { DeepError, RESULTS_FOLDER } from '@jupyterlab-deep/protocol';
import { Minimatch } from 'minimatch';

/** A file that a pattern found. */
export interface IFoundFile {
  /** Below the folder that was searched, with `/`. */
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  /** Why what lies here could not be looked at. */
  unreadable?: string;
}

export interface IFindOptions {
  /** Follow links to folders that lie directly in the folder: classes of pictures are often put together of them. */
  entersLinks?: boolean;
}

/** Entries of one folder that are held at once, and sorted among themselves. */
const HELD_ENTRIES = 5_000;
const STATS_AT_ONCE = 32;

const OPTIONS = {
  nocase: true,
  nocomment: true,
  nonegate: true,
  platform: 'linux'
} as const;

/**
 * Files below a folder that fit a glob, in memory that does not grow with their number. Hidden entries and the folders of
 * results are left out; links to folders are not followed, so that no circle is run in.
 *
 * @throws DeepError `not-found` when the folder itself cannot be read; the signal's reason.
 */
export async function* findFiles(
  folder: string,
  pattern: string,
  signal?: AbortSignal,
  { entersLinks = false }: IFindOptions = {}
): AsyncGenerator<IFoundFile> {
  const search: ISearch = {
    folder,
    entersLinks,
    matches: new Minimatch(pattern, OPTIONS),
    leads: new Minimatch(pattern, { ...OPTIONS, partial: true }),
    signal
  };
  yield* within(search, '');
}

interface ISearch {
  folder: string;
  entersLinks: boolean;
  matches: Minimatch;
  /** Whether something below a folder may fit. */
  leads: Minimatch;
  signal?: AbortSignal;
}

async function* within(
  search: ISearch,
  below: string
): AsyncGenerator<IFoundFile> {
  try {
    for await (const entries of inParts(path.join(search.folder, below))) {
      search.signal?.throwIfAborted();
      yield* among(search, below, entries);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !FOLDER_TROUBLE.has(code)) {
      throw error;
    }
    yield unreadable(search, below, error as NodeJS.ErrnoException);
  }
}

const FOLDER_TROUBLE = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EIO']);

function unreadable(
  { folder }: ISearch,
  below: string,
  error: NodeJS.ErrnoException
): IFoundFile {
  if (below === '') {
    throw new DeepError('not-found', `The folder ${folder} cannot be read.`, {
      hint: 'Check its name, and whether you may read it.',
      technical: error.message,
      cause: error
    });
  }
  const says = `This folder cannot be read (${error.code}).`;
  return { path: below, sizeBytes: 0, modifiedMs: 0, unreadable: says };
}

async function* inParts(folder: string): AsyncGenerator<Dirent[]> {
  let held: Dirent[] = [];
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    held.push(entry);
    if (held.length === HELD_ENTRIES) {
      yield held.sort(byName);
      held = [];
    }
  }
  yield held.sort(byName);
}

const byName = (a: Dirent, b: Dirent): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

async function* among(
  search: ISearch,
  below: string,
  entries: Dirent[]
): AsyncGenerator<IFoundFile> {
  const shown = entries.filter(
    ({ name }) => !name.startsWith('.') && name !== RESULTS_FOLDER
  );
  const pathOf = ({ name }: Dirent): string =>
    below === '' ? name : `${below}/${name}`;
  const fitting = shown.filter(
    entry => !entry.isDirectory() && search.matches.match(pathOf(entry))
  );
  for (let at = 0; at < fitting.length; at += STATS_AT_ONCE) {
    const some = fitting.slice(at, at + STATS_AT_ONCE).map(pathOf);
    yield* (await Promise.all(some.map(each => look(search, each)))).flat();
  }
  for (const entry of shown) {
    const folder = pathOf(entry);
    if (search.leads.match(folder) && (await isEntered(search, below, entry))) {
      yield* within(search, folder);
    }
  }
}

async function isEntered(
  { folder, entersLinks }: ISearch,
  below: string,
  entry: Dirent
): Promise<boolean> {
  if (entry.isDirectory() || !entersLinks || below !== '') {
    return entry.isDirectory();
  }
  const info = entry.isSymbolicLink()
    ? await stat(path.join(folder, entry.name)).catch(() => undefined)
    : undefined;
  return info?.isDirectory() ?? false;
}

async function look({ folder }: ISearch, found: string): Promise<IFoundFile[]> {
  let info: Stats;
  try {
    info = await stat(path.join(folder, found));
  } catch (error) {
    const says = `It cannot be read (${(error as NodeJS.ErrnoException).code}).`;
    return [{ path: found, sizeBytes: 0, modifiedMs: 0, unreadable: says }];
  }
  const { size: sizeBytes, mtimeMs: modifiedMs } = info;
  return info.isFile() ? [{ path: found, sizeBytes, modifiedMs }] : [];
}
