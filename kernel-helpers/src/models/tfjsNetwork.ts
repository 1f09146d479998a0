import { DeepError } from '@jupyterlab-deep/protocol';
import type * as tfjs from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import { type INetwork, type INetworkOptions, type ITensor } from './network';
import {
  type ITfjsBackend,
  openTfjsBackend,
  startCpu,
  type Tfjs
} from './tfjsBackends';

type TfjsModel = tfjs.GraphModel | tfjs.LayersModel;

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const invalid = (detail: string, cause?: unknown): DeepError =>
  new DeepError('model-invalid', detail, {
    hint: 'Export the model to TensorFlow.js again, or to ONNX.',
    technical: cause === undefined ? undefined : reasonOf(cause),
    cause
  });

async function readBuffer(file: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(file);
  const end = byteOffset + byteLength;
  return buffer.slice(byteOffset, end) as ArrayBuffer;
}

/** Gives TensorFlow.js the files that were checked, and nothing else. */
function handlerOf(
  options: INetworkOptions,
  model: tfjs.io.ModelJSON
): tfjs.io.IOHandler {
  return {
    load: async () => ({
      modelTopology: model.modelTopology,
      format: model.format,
      signature: model.signature,
      userDefinedMetadata: model.userDefinedMetadata,
      modelInitializer: model.modelInitializer,
      weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
      weightData: await Promise.all(options.weightPaths.map(readBuffer))
    })
  };
}

/** Exports of Keras say `layers-model`, or nothing; their topology then has a `model_config`. */
const isLayers = ({ format, modelTopology }: tfjs.io.ModelJSON): boolean =>
  format === 'layers-model' ||
  (format !== 'graph-model' &&
    ('model_config' in modelTopology || 'class_name' in modelTopology));

async function load(
  tf: Tfjs,
  options: INetworkOptions,
  json: tfjs.io.ModelJSON
): Promise<TfjsModel> {
  const handler = handlerOf(options, json);
  try {
    return isLayers(json)
      ? await tf.loadLayersModel(handler)
      : await tf.loadGraphModel(handler);
  } catch (error) {
    throw invalid(
      'TensorFlow.js cannot load model.json: it is damaged, or has parts that only Python knows.',
      error
    );
  }
}

/** @throws DeepError `model-invalid` when TensorFlow.js cannot load it. */
export async function openTfjsNetwork(
  options: INetworkOptions
): Promise<INetwork> {
  const text = await readFile(options.modelPath, 'utf8');
  const backend = await openTfjsBackend(options.folder);
  const json = JSON.parse(text) as tfjs.io.ModelJSON;
  const model = await load(backend.tf, options, json);
  checkEnds(model);
  return new TfjsNetwork(backend, model);
}

function checkEnds({ inputs, outputs }: TfjsModel): void {
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw invalid(
      `model.json has ${inputs.length} inputs and ${outputs.length} outputs; one of each is supported.`
    );
  }
}

/** WebAssembly has fewer operations than plain JavaScript. */
const isMissingKernel = (error: unknown): boolean =>
  /Kernel '.*' not registered for backend 'wasm'/.test(reasonOf(error));

class TfjsNetwork implements INetwork {
  constructor(
    private _used: ITfjsBackend,
    private readonly _model: TfjsModel
  ) {}

  get backend(): string {
    return this._used.backend;
  }

  get detail(): string {
    return this._used.detail;
  }

  shapeOf(): (number | null)[] | undefined {
    const { shape } = this._model.inputs[0];
    return shape?.map(length => (length && length > 0 ? length : null));
  }

  async run(feeds: Record<string, ITensor>): Promise<ITensor[]> {
    const [feed] = Object.values(feeds);
    try {
      return [await this._run(feed)];
    } catch (error) {
      if (!isMissingKernel(error)) {
        throw error;
      }
      const { tf, detail } = this._used;
      this._used = await startCpu(tf, [detail, reasonOf(error).split('\n')[0]]);
      return [await this._run(feed)];
    }
  }

  async release(): Promise<void> {
    this._model.dispose();
  }

  private async _run({ data, dims }: ITensor): Promise<ITensor> {
    // A shared buffer is not one that TensorFlow.js may keep.
    const own = data.buffer instanceof ArrayBuffer ? data : data.slice();
    const input = this._used.tf.tensor(own, [...dims], 'float32');
    try {
      const output = await this._predict(input);
      try {
        const values = await output.data();
        return { data: Float32Array.from(values), dims: output.shape };
      } finally {
        output.dispose();
      }
    } finally {
      input.dispose();
    }
  }

  /** Loops and shapes that depend on values need the slower way, which warns when it is taken without need. */
  private async _predict(input: tfjs.Tensor): Promise<tfjs.Tensor> {
    const model = this._model;
    if (this._isDynamic && 'executeAsync' in model) {
      return (await model.executeAsync(input)) as tfjs.Tensor;
    }
    try {
      return model.predict(input) as tfjs.Tensor;
    } catch (error) {
      if (!('executeAsync' in model) || !/executeAsync/.test(reasonOf(error))) {
        throw error;
      }
      this._isDynamic = true;
      return this._predict(input);
    }
  }

  private _isDynamic = false;
}
