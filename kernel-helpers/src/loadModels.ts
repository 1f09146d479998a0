import type { ILoadOptions, IModel } from './models';

/** Model folders loaded into this notebook, without a server. */
export const models = {
  /**
   * Load a model folder in the Hugging Face layout; its work is done in worker threads.
   *
   * ```ts
   * const model = await models.load('exports/my-model');
   * const answer = await model.predict({ image: 'leaf.jpg' });
   * await model.release();
   * ```
   *
   * @throws DeepError `model-invalid`, `not-found`.
   */
  async load(folder: string, options?: ILoadOptions): Promise<IModel> {
    // Late, since most notebooks use modules and need none of it.
    const { loadModel } = await import('./models');
    return loadModel(folder, options);
  }
};
