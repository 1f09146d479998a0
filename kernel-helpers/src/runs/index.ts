import type { Run, RunListing } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { BatchRun } from './batchRun';

export { BatchRun } from './batchRun';
export { Evaluation } from './evaluation';

/** Batches that the service carries out, also those of earlier kernels. */
export const runs = {
  /**
   * A batch by its id, such as after a restart of the kernel.
   *
   * @throws DeepError `not-found`
   */
  async open(
    id: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<BatchRun> {
    const path = `/runs/${encodeURIComponent(id)}`;
    const run = await service.json<Run>(path, options);
    if (run.kind !== 'batch') {
      throw new DeepError('not-found', `The run ${id} is no batch.`);
    }
    return new BatchRun(run);
  },

  /** Batches, the newest first. */
  async list(
    options: { module?: string; limit?: number; signal?: AbortSignal } = {}
  ): Promise<BatchRun[]> {
    const { signal, ...query } = options;
    const { runs: all } = await service.json<RunListing>('/runs', {
      query,
      signal
    });
    return all
      .filter(({ kind }) => kind === 'batch')
      .map(run => new BatchRun(run));
  }
};
