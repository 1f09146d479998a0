import { mkdir, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import {
  BatchFiles,
  BatchRequest,
  BatchState,
  DeepError,
  RESULTS_FOLDER
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inputs';
import { locateJupyterFile } from '../jupyterFile';
import { pageName } from './gallery';
import { LINES_FILE, TABLE_FILE } from './outputs';

/**
 * The folder that is searched.
 *
 * @throws DeepError `unauthorized` of a browser that names a path; what `locateJupyterFile` throws.
 */
export function folderOf({ from, folder }: BatchFiles, asker: IAsker): string {
  if (from === 'jupyter') {
    return folder === '' && asker.root
      ? asker.root
      : locateJupyterFile(asker.root, folder);
  }
  if (asker.isBrowser) {
    throw new DeepError(
      'unauthorized',
      'Only kernels may name folders by their path on this machine.',
      { hint: 'Choose a folder of the file browser.' }
    );
  }
  if (!path.isAbsolute(folder)) {
    throw new DeepError('invalid-request', `“${folder}” is no absolute path.`);
  }
  return folder;
}

/** The folder of a batch's results. */
export interface IResultsFolder {
  real: string;
  shown: BatchState['results'];
  /** Take it away again, as long as it is empty. */
  remove(): Promise<void>;
}

/**
 * Make the folder that the results grow in.
 *
 * @throws DeepError `invalid-request` where nothing can be written.
 */
export async function makeResultsFolder(
  run: string,
  { module, each, results = 'beside' }: BatchRequest,
  folder: string,
  { root }: IAsker
): Promise<IResultsFolder> {
  const base = results === 'root' && root ? root : folder;
  const day = new Date().toISOString().slice(0, 10);
  const name = `${day}-${module.split('/').pop()}-${run.slice(0, 6)}`;
  const real = path.join(base, RESULTS_FOLDER, name);
  try {
    await mkdir(real, { recursive: true });
  } catch (error) {
    throw new DeepError(
      'invalid-request',
      `The results cannot be written to ${path.join(base, RESULTS_FOLDER)}.`,
      {
        hint: 'Have them written below the root of Jupyter, or choose a folder that you may write to.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
  return {
    real: await realpath(real),
    shown: {
      ...placeOf(each, results, name, real),
      table: TABLE_FILE,
      lines: LINES_FILE,
      gallery: pageName(1)
    },
    remove: () => rmdir(real).catch(() => undefined)
  };
}

function placeOf(
  { from, folder }: BatchFiles,
  results: 'beside' | 'root',
  name: string,
  real: string
): Pick<BatchState['results'], 'path' | 'from'> {
  if (from === 'path') {
    return { from, path: real };
  }
  const below = results === 'root' ? '' : folder;
  return { from, path: path.posix.join(below, RESULTS_FOLDER, name) };
}
