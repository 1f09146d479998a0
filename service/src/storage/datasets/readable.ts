import { Dataset, DeepError } from '@jupyterlab-deep/protocol';
import { Datasets } from './datasets';

/** States in which all the files of a dataset that were asked for can be read. */
const READABLE = ['ready', 'syncing', 'needs-login', 'unreachable'];

/**
 * A dataset whose files are there.
 *
 * @param name Its id or its `ref`.
 * @throws DeepError `not-found`; `conflict` while it is not there yet.
 */
export async function readableDataset(
  datasets: Pick<Datasets, 'find'>,
  name: string
): Promise<Dataset> {
  const dataset = await datasets.find(name);
  if (!READABLE.includes(dataset.state)) {
    throw new DeepError(
      'conflict',
      `The dataset ${dataset.name} cannot be used yet: it is ${dataset.state}.`,
      { hint: dataset.error?.detail ?? 'Wait until it is ready.' }
    );
  }
  return dataset;
}
