import { findRunOf, IWaiting, listRunsOf } from '../runs/runHandle';
import { TrainingRun } from './trainingRun';

export { TrainingRun } from './trainingRun';

/** Trainings, also those of earlier kernels. */
export const training = {
  /**
   * A training by the id of its run, such as after a restart of the kernel.
   *
   * @throws DeepError `not-found`
   */
  async open(id: string, options: IWaiting = {}): Promise<TrainingRun> {
    const run = await findRunOf('training', id, 'training', options);
    return new TrainingRun(run);
  },

  /** The newest first. */
  async list(
    options: IWaiting & { module?: string; limit?: number } = {}
  ): Promise<TrainingRun[]> {
    const all = await listRunsOf('training', options);
    return all.map(run => new TrainingRun(run));
  }
};
