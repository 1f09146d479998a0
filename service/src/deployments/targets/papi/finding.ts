import { DeepError } from '@jupyterlab-deep/protocol';
import { together } from '../together';
import { handleOf, isMarked } from './handle';
import { IPlace, PapiApi } from './papiApi';

/** The job that carries the mark of a deployment or run, in any of these places. */
export async function findMarked(
  api: PapiApi,
  places: readonly IPlace[],
  mark: string,
  signal: AbortSignal
): Promise<string | undefined> {
  const found = await together(
    places.map(async place => {
      const jobs = await api.list(place.kind, [place.vo], signal);
      const job = jobs.find(({ title }) => isMarked(title, mark));
      return job && handleOf(place, job.id);
    })
  );
  return found.find(handle => handle !== undefined);
}

/** When nobody knows whether an order arrived, what it has made tells. */
export async function sure(
  order: Promise<string>,
  find: () => Promise<string | undefined>
): Promise<string> {
  try {
    return await order;
  } catch (error) {
    if (error instanceof DeepError && error.key === 'target-unreachable') {
      const found = await find().catch(() => undefined);
      if (found !== undefined) {
        return found;
      }
    }
    throw error;
  }
}
