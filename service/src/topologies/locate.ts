import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  readTopology,
  TopologyDocument
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inference/inputs';
import { locateJupyterFile } from '../inference/jupyterFile';

/** Larger files are no topologies. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A topology, and where it stands. */
export interface ILocated {
  document: TopologyDocument;
  /** What relative paths in it are relative to. */
  folder: string;
  /** Absolute, of its file. */
  path?: string;
  /** The same below the root of Jupyter. */
  jupyterPath?: string;
  asker: IAsker;
}

/** Where a topology is, as requests say it. */
export interface IWhere {
  document?: unknown;
  jupyterPath?: string;
  path?: string;
}

/**
 * Find and read what a request is about.
 *
 * @throws DeepError `invalid-request`, `unauthorized`, `not-found`, `topology-invalid`, `topology-newer`
 */
export async function locate(where: IWhere, asker: IAsker): Promise<ILocated> {
  const file = placeOf(where, asker);
  if (where.document === undefined && file === undefined) {
    throw new DeepError(
      'invalid-request',
      'The request names no topology: neither a document nor a file.'
    );
  }
  const given = where.document ?? (await textOf(file!));
  const folder = file ? path.dirname(file) : (asker.root ?? '');
  return {
    document: readTopology(given),
    folder,
    path: file,
    jupyterPath: where.jupyterPath,
    asker
  };
}

function placeOf(
  { jupyterPath, path: file }: IWhere,
  asker: IAsker
): string | undefined {
  if (jupyterPath !== undefined) {
    return locateJupyterFile(asker.root, jupyterPath);
  }
  if (file !== undefined && asker.isBrowser) {
    throw new DeepError(
      'unauthorized',
      'Only kernels may name files by their path on this machine.',
      { hint: 'Open it in the file browser.' }
    );
  }
  if (file !== undefined && !path.isAbsolute(file)) {
    throw new DeepError('invalid-request', `“${file}” is no absolute path.`);
  }
  return file;
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MOST_BYTES) {
      throw new DeepError('topology-invalid', `${file} is too large.`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof DeepError
      ? error
      : new DeepError('not-found', `${file} cannot be read.`, {
          technical: (error as Error).message,
          cause: error
        });
  }
}

/**
 * Where a path in a document leads. What a browser runs stays among the files that Jupyter shows.
 *
 * @throws DeepError `unauthorized`, `invalid-request`
 */
export function placeIn(
  { folder, asker }: Pick<ILocated, 'folder' | 'asker'>,
  given: string
): string {
  if (given.includes('\0')) {
    throw new DeepError('invalid-request', 'A path has a character 0.');
  }
  if (folder === '' && !path.isAbsolute(given)) {
    throw new DeepError(
      'invalid-request',
      `“${given}” is relative to a topology that lies nowhere.`,
      { hint: 'Save the topology first, or name an absolute path.' }
    );
  }
  const place = path.resolve(folder, given);
  if (asker.isBrowser) {
    const below = path
      .relative(asker.root ?? '/nowhere', place)
      .split(path.sep);
    if (below[0] === '..' || below.some(part => /^\.(?!\.?$|$)/.test(part))) {
      throw new DeepError(
        'unauthorized',
        `“${given}” leads out of the folder that Jupyter shows, or to something hidden.`,
        { hint: 'Use files below the root of Jupyter, or run it from a cell.' }
      );
    }
  }
  return place;
}

/** The same text for the same file, also over links; undefined of what is in no file yet, such as what cells build. */
export const realFile = (
  file: string | undefined
): Promise<string | undefined> =>
  file === undefined
    ? Promise.resolve(undefined)
    : realpath(file).catch(() => undefined);

/** Below the root of Jupyter, where it is. */
export function jupyterPathOf(
  file: string,
  { root }: IAsker
): string | undefined {
  const below = root === undefined ? '..' : path.relative(root, file);
  return below.startsWith('..') || path.isAbsolute(below)
    ? undefined
    : below.split(path.sep).join('/');
}
