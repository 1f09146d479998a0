import { IPlace, PapiApi } from './papiApi';

/** In these a job that was ordered to end is purged by one more order. */
const PURGED = new Set([
  'queued',
  'complete',
  'failed',
  'error',
  'down',
  'dead'
]);

/** What runs is ended by one order; what is stuck, and what has ended, is purged by a second. */
export async function orderEnd(
  api: PapiApi,
  place: IPlace,
  id: string,
  signal: AbortSignal
): Promise<void> {
  const isThere = await api.delete(place, id, signal);
  const job = isThere ? await api.job(place, id, signal) : undefined;
  if (job && PURGED.has(job.status)) {
    await api.delete(place, id, signal);
  }
}
