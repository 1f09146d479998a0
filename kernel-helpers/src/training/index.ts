import type { Run, RunListing } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { TrainingRun } from './trainingRun';

export { TrainingRun } from './trainingRun';

/** Trainings, also those of earlier kernels. */
export const training = {
  /**
   * A training by the id of its run, such as after a restart of the kernel.
   *
   * @throws DeepError `not-found`
   */
  async open(
    id: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<TrainingRun> {
    const path = `/runs/${encodeURIComponent(id)}`;
    const run = await service.json<Run>(path, options);
    if (run.kind !== 'training') {
      throw new DeepError('not-found', `The run ${id} is no training.`);
    }
    return new TrainingRun(run);
  },

  /** The newest first. */
  async list(
    options: { module?: string; limit?: number; signal?: AbortSignal } = {}
  ): Promise<TrainingRun[]> {
    const { signal, ...query } = options;
    const { runs } = await service.json<RunListing>('/runs', {
      query,
      signal
    });
    return runs
      .filter(({ kind }) => kind === 'training')
      .map(run => new TrainingRun(run));
  }
};
