import { display, fileOf } from './display';
import { type IMimeBundle, SHOWN_AS, textBundle } from './display/bundle';
import { interruptible } from './interrupt';
import type { IModel, IModelDescription } from './models';
import { type FileArgument, Prediction } from './modules';

/** A model folder in this notebook. Release it when it is no longer needed: it keeps its weights and threads until then. */
export class LocalModel {
  constructor(private readonly _model: IModel) {
    // Not enumerable: a printed model shows what it is.
    Object.defineProperty(this, '_model', { enumerable: false });
    const { title, task } = _model.describe();
    this.title = title;
    this.task = task;
    this.folder = _model.folder;
    this.backend = _model.backend;
    this.detail = _model.detail;
  }

  readonly title: string;
  /** By Hugging Face's name: `image-classification`. */
  readonly task: string;
  /** Real path of its folder. */
  readonly folder: string;
  /** What computes: `cpu` or `cuda`; for TensorFlow.js `tfjs-node-gpu`, `tfjs-node`, `tfjs-wasm` or `tfjs-cpu`. */
  readonly backend: string;
  /** Why it computes there, and why nothing better does. */
  readonly detail: string;

  /** What it is, and which arguments it takes. */
  describe(): IModelDescription {
    return this._model.describe();
  }

  /**
   * Let the model predict. File arguments are paths relative to the notebook, bytes or sources; the stop button gives up.
   *
   * ```ts
   * const answer = await model.predict({ image: 'leaf.jpg', top_k: 3 });
   * display(answer);
   * console.log(answer.top);
   * ```
   *
   * @throws DeepError `invalid-arguments` with `fields`, `invalid-picture`, `too-large`, `not-found`, `cancelled`, `module-failed`.
   */
  async predict(
    args: Record<string, unknown> = {},
    options: { signal?: AbortSignal } = {}
  ): Promise<Prediction> {
    const files = this.describe()
      .arguments.filter(({ name, type }) => type === 'file' && name in args)
      .map(
        ({ name }) => [name, fileOf(args[name] as FileArgument, name)] as const
      );
    const values = { ...args };
    for (const [name, file] of files) {
      values[name] = 'path' in file ? file.path : file.data;
    }
    return interruptible(options.signal, async signal => {
      const line = display.progress(`${this.title} predicts`);
      let outcome = `${this.title} gave no answer`;
      try {
        const value = await this._model.predict(values, { signal });
        outcome = `${this.title} answered`;
        const body = Buffer.from(JSON.stringify(value));
        const reply = { value, contentType: 'application/json', body };
        return new Prediction(reply, files[0]?.[1]);
      } finally {
        line.end(outcome);
      }
    });
  }

  /** Free its weights and threads. What still waits fails with `cancelled`. */
  release(): Promise<void> {
    return this._model.release();
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return textBundle(
      `${this.title} (${this.task}) runs on ${this.backend}: ${this.detail}`
    );
  }
}
