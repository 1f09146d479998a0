import { mkdir, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import {
  BatchFiles,
  BatchRequest,
  BatchState,
  DeepError,
  RESULTS_FOLDER
} from '@jupyterlab-deep/protocol';
import { Datasets } from '../../storage/datasets/datasets';
import { readableDataset } from '../../storage/datasets/readable';
import { IAsker } from '../inputs';
import { locateJupyterFile } from '../jupyterFile';
import { pageName } from './gallery';
import { LINES_FILE, TABLE_FILE } from './outputs';

/** The folder that is searched. */
export interface ISearchedFolder {
  /** Real place. */
  folder: string;
  /** For people. */
  name: string;
}

/**
 * The folder that is searched.
 *
 * @throws DeepError `unauthorized` of a browser that names a path; `conflict` of a dataset that is not there yet; what
 * `locateJupyterFile` throws.
 */
export async function findFolder(
  { from, folder, dataset }: BatchFiles,
  asker: IAsker,
  datasets: Pick<Datasets, 'find'>
): Promise<ISearchedFolder> {
  if (from === 'dataset') {
    const { path: place, ref } = await readableDataset(datasets, dataset ?? '');
    return {
      folder: folder === '' ? place : locateJupyterFile(place, folder),
      name: folder === '' ? ref : `${ref}/${folder}`
    };
  }
  if (from === 'jupyter') {
    const place =
      folder === '' && asker.root
        ? asker.root
        : locateJupyterFile(asker.root, folder);
    return { folder: place, name: folder };
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
  return { folder, name: folder };
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
 * @param folders Of the files, and of the run's record.
 * @throws DeepError `invalid-request` where nothing can be written.
 */
export async function makeResultsFolder(
  run: string,
  { module, each, results = 'beside' }: BatchRequest,
  folders: { files: string; record: string },
  { root }: IAsker
): Promise<IResultsFolder> {
  const isKept = results === 'run';
  const base = isKept
    ? folders.record
    : results === 'root' && root
      ? root
      : folders.files;
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
      ...placeOf(each, results, name, { real, root }),
      table: TABLE_FILE,
      lines: LINES_FILE,
      gallery: pageName(1)
    },
    remove: () => rmdir(real).catch(() => undefined)
  };
}

function placeOf(
  { from, folder }: BatchFiles,
  results: NonNullable<BatchRequest['results']>,
  name: string,
  { real, root }: { real: string; root?: string }
): Pick<BatchState['results'], 'path' | 'from'> {
  const isAtRoot = results === 'root' && root !== undefined;
  const isSeen =
    from === 'jupyter' ? results !== 'run' : from === 'dataset' && isAtRoot;
  if (!isSeen) {
    return { from: 'path', path: real };
  }
  const below = results === 'root' ? '' : folder;
  const shown = path.posix.join(below, RESULTS_FOLDER, name);
  return { from: 'jupyter', path: shown };
}
