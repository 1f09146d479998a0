import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  TrainingData,
  TrainingState
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inference/inputs';
import { locateJupyterFile } from '../inference/jupyterFile';
import { Datasets } from '../storage/datasets/datasets';
import { readableDataset } from '../storage/datasets/readable';

type Data = TrainingState['data'][number];

/**
 * Where the data of a training lie, as a module on this machine sees them.
 *
 * @throws DeepError `not-found`; `conflict` for a dataset that is not there yet; `unauthorized` for a path of a page
 */
export async function findData(
  datasets: Datasets,
  given: Record<string, TrainingData>,
  asker: IAsker,
  isElsewhere: boolean
): Promise<Data[]> {
  const found: Data[] = [];
  for (const [argument, source] of Object.entries(given)) {
    const { name, place } = await locate(datasets, source, asker, isElsewhere);
    if (!isElsewhere) {
      await stat(place).catch(error => {
        const { code } = error as NodeJS.ErrnoException;
        const says = `${name} cannot be read (${code}).`;
        throw new DeepError('not-found', says, {
          hint: 'Look whether it is still there, and still connected.',
          fields: { [argument]: [says] }
        });
      });
    }
    found.push({ argument, name, path: place, source });
  }
  return found;
}

interface IPlace {
  name: string;
  place: string;
}

async function locate(
  datasets: Datasets,
  source: TrainingData,
  asker: IAsker,
  isElsewhere: boolean
): Promise<IPlace> {
  if (source.from === 'path') {
    if (asker.isBrowser && !isElsewhere) {
      throw new DeepError(
        'unauthorized',
        'A page can train on folders that Jupyter shows, and on datasets.',
        {
          hint: 'Choose the folder in the file browser, or train from a notebook.'
        }
      );
    }
    return { name: source.path, place: path.normalize(source.path) };
  }
  if (isElsewhere) {
    throw new DeepError(
      'conflict',
      'The module runs elsewhere and does not see the files of this machine.',
      { hint: 'Give the path under which the module sees the data.' }
    );
  }
  if (source.from === 'jupyter') {
    const place = locateJupyterFile(asker.root, source.path);
    return { name: source.path, place };
  }
  const dataset = await readableDataset(datasets, source.id);
  return { name: dataset.ref, place: dataset.path };
}
