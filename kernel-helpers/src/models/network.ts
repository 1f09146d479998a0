import { type IModelFolder, type ModelFormat } from './folder';

/** Where a network's files lie. */
export interface INetworkOptions {
  format: ModelFormat;
  /** Real path of the model folder: no code is ever loaded from it. */
  folder: string;
  /** Real path of `onnx/model.onnx` or `model.json`. */
  modelPath: string;
  /** Real paths of a TensorFlow.js model's weights, in their order. */
  weightPaths: string[];
}

export interface ITensor {
  data: Float32Array;
  dims: readonly number[];
}

/** A network that has been loaded into this thread. */
export interface INetwork {
  /** What computes: `cpu`, `cuda`, `tfjs-node-gpu`, `tfjs-node`, `tfjs-wasm` or `tfjs-cpu`. */
  readonly backend: string;
  /** Why it computes there, and why nothing better does. */
  readonly detail: string;
  /** Shape of an input; null where any length will do. */
  shapeOf(input: string): (number | null)[] | undefined;
  /** The outputs of these names. A TensorFlow.js model has one input and one output, whatever they are called. */
  run(feeds: Record<string, ITensor>, outputs: string[]): Promise<ITensor[]>;
  release(): Promise<void>;
}

/** The part of a checked folder that a worker needs. */
export const networkOf = ({
  format,
  path: folder,
  modelPath,
  weightPaths
}: IModelFolder): INetworkOptions => ({
  format,
  folder,
  modelPath,
  weightPaths
});

/** The model's file as people know it, for messages. */
export const modelFileName = ({
  format
}: Pick<INetworkOptions, 'format'>): string =>
  format === 'onnx' ? 'onnx/model.onnx' : 'model.json';

/** @throws DeepError `model-invalid` when it cannot be loaded. */
export async function openNetwork(
  options: INetworkOptions,
  threads: number
): Promise<INetwork> {
  if (options.format === 'tfjs') {
    const { openTfjsNetwork } = await import('./tfjsNetwork');
    return openTfjsNetwork(options);
  }
  const { openOnnxNetwork } = await import('./onnxNetwork');
  return openOnnxNetwork(options, threads);
}
