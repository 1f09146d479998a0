import { BatchRun } from './batchRun';
import { findRunOf, IWaiting, listRunsOf } from './runHandle';

export { BatchRun } from './batchRun';
export { Evaluation } from './evaluation';

/** Batches that the service carries out, also those of earlier kernels. */
export const runs = {
  /**
   * A batch by its id, such as after a restart of the kernel.
   *
   * @throws DeepError `not-found`
   */
  async open(id: string, options: IWaiting = {}): Promise<BatchRun> {
    return new BatchRun(await findRunOf('batch', id, 'batch', options));
  },

  /** Batches, the newest first. */
  async list(
    options: IWaiting & { module?: string; limit?: number } = {}
  ): Promise<BatchRun[]> {
    const all = await listRunsOf('batch', options);
    return all.map(run => new BatchRun(run));
  }
};
