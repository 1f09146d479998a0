import { display } from './display';
import { inspectFile } from './inspectFile';
import { LocalModel } from './localModel';
import type { ILoadOptions } from './models';
import { saveModel } from './saveModel';

/** Models of yours: looked at, loaded into this notebook without a server, and saved as modules. */
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
  },

  /**
   * What a model file says of itself: tensors, task, classes, and what has to be said when it is saved. Nothing of it is run.
   *
   * ```ts
   * display(await models.inspect('exports/leaves.onnx'));
   * ```
   *
   * @param path Of an `.onnx` file, a `model.json` of TensorFlow.js, or a folder with one of them.
   * @throws DeepError `not-found`, `model-invalid`
   */
  inspect: inspectFile,

  /**
   * Save a model as a module of yours, once it has run: a layers model of TensorFlow.js, an ONNX file or its bytes.
   *
   * ```ts
   * const mine = await models.save('exports/leaves.onnx', 'leaves', { labels: ['oak', 'beech'], preparation: 'imagenet' });
   * const m = await modules.open(mine);
   * ```
   *
   * @throws DeepError `invalid-arguments` that says what is missing or does not fit, `conflict` unless `replace`, `model-invalid`.
   */
  save: saveModel
};
