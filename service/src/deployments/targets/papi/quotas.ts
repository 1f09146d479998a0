import { isRecord } from '../shapes';
import type { IPapiJob } from './jobs';

const GPUS_A_USER = 2;

/** `2 deployments of yours with 1 of 2 GPUs` */
export function ownInWords(jobs: readonly IPapiJob[]): string {
  const gpus = jobs.reduce((sum, job) => sum + job.gpus, 0);
  const count =
    jobs.length === 1 ? '1 deployment' : `${jobs.length} deployments`;
  return `${count} of yours with ${gpus} of ${GPUS_A_USER} GPUs`;
}

/** `9 of 12 GPUs and 40 of 100 CPUs of the platform`; empty where it does not say. */
export function clusterInWords(stats: unknown): string {
  const cluster = isRecord(stats) ? stats.cluster : undefined;
  const counts = isRecord(cluster) ? cluster : {};
  const words = ['gpu', 'cpu'].flatMap(name => {
    const used = counts[`${name}_used`];
    const total = counts[`${name}_total`];
    return typeof used === 'number' && typeof total === 'number' && total > 0
      ? [`${Math.round(used)} of ${Math.round(total)} ${name.toUpperCase()}s`]
      : [];
  });
  return words.length > 0 ? `${words.join(' and ')} of the platform` : '';
}
