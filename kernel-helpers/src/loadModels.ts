import { display } from './display';
import { LocalModel } from './localModel';
import type { ILoadOptions } from './models';

/** Model folders loaded into this notebook, without a server. */
export const models = {
  /**
   * Load a model folder, in the Hugging Face layout with ONNX or of TensorFlow.js; its work is done in worker threads.
   *
   * ```ts
   * const model = await models.load('exports/my-model');
   * console.log(model.backend, model.detail);
   * display(await model.predict({ image: 'leaf.jpg' }));
   * await model.release();
   * ```
   *
   * @throws DeepError `model-invalid`, naming the file and what is wrong with it.
   */
  async load(folder: string, options?: ILoadOptions): Promise<LocalModel> {
    const line = display.progress(`Loading ${folder}`);
    let outcome = `${folder} was not loaded`;
    try {
      // Late, since most notebooks use modules and need none of it.
      const { loadModel } = await import('./models');
      const model = new LocalModel(await loadModel(folder, options));
      outcome = `Loaded ${model.title}, which runs on ${model.backend}`;
      return model;
    } finally {
      line.end(outcome);
    }
  }
};
