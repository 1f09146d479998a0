import { type ClassScore, DeepError } from '@jupyterlab-deep/protocol';
import { type IArgument } from './arguments';
import { classNumbers, type Gives, outputLengthOf } from './classNumbers';
import { type IModelFolder, readPreprocessor } from './folder';
import { PreprocessorConfig } from './manifest';
import { networkOf } from './network';
import { Pipeline, type PictureInput } from './pipeline';
import { type IPreparation, preparationOf } from './preparation';
import { type ITaskModel, type ITaskOptions } from './task';

/** Answer of an image classification: the best classes, best first, once as columns and once as rows. */
export interface IClassification {
  labels: string[];
  probabilities: number[];
  predictions: ClassScore[];
}

const BYTES_PER_PIXEL = 4;
/** Of the memory allowed, so that decoding a picture cannot end the process. */
const DECODING_SHARE = 0.25;
const MAX_PIXELS = 100_000_000;
const DEFAULT_TOP_K = 5;

/** Names of a picture classifier's input and output, where its manifest has no others. */
const INPUT = 'pixel_values';
const OUTPUT = 'logits';

/** How a picture classifier's network is used. */
export interface IPictureNetwork {
  input: string;
  output: string;
  channelsLast: boolean;
  channels: 1 | 3;
  /** Undefined: its numbers tell. */
  gives: Gives | undefined;
}

function argumentsOf(classes: number): IArgument[] {
  return [
    {
      name: 'image',
      type: 'file',
      required: true,
      description: 'An image file: JPEG, PNG, WebP, GIF, TIFF or AVIF'
    },
    {
      name: 'top_k',
      type: 'integer',
      required: false,
      default: Math.min(DEFAULT_TOP_K, classes),
      minimum: 1,
      maximum: classes,
      description: 'How many of the most likely classes to return'
    }
  ];
}

/** Names of the classes, by their numbers. */
export function labelsOf({ config }: IModelFolder): string[] {
  const labels = Object.entries(config.id2label ?? {});
  const ordered = new Array<string>(labels.length);
  for (const [index, label] of labels) {
    ordered[Number(index)] = label;
  }
  if (labels.length === 0 || ordered.length !== labels.length) {
    throw new DeepError(
      'model-invalid',
      'config.json does not name the classes: id2label must have an entry for each number from 0.'
    );
  }
  return ordered;
}

/**
 * The tensors of a picture classifier.
 * @throws DeepError `model-invalid` when its file has no such tensors.
 */
export function pictureNetworkOf(folder: IModelFolder): IPictureNetwork {
  const { format, inputs, outputs, manifest, config } = folder;
  const isTfjs = format === 'tfjs';
  const { input = INPUT, output = OUTPUT } = manifest.network ?? {};
  if (!isTfjs && !(inputs.includes(input) && outputs.includes(output))) {
    throw new DeepError(
      'model-invalid',
      `onnx/model.onnx must have an input "${input}" and an output "${output}"; it has ${inputs.join(', ')} and ${outputs.join(', ')}.`,
      { hint: 'Other names can be given under "network" in module.json.' }
    );
  }
  const layout = manifest.network?.layout ?? (isTfjs ? 'NHWC' : 'NCHW');
  return {
    input,
    output,
    channelsLast: layout === 'NHWC',
    channels: config.num_channels ?? 3,
    gives: manifest.network?.gives ?? (isTfjs ? undefined : 'logits')
  };
}

/** Numbers of the `count` largest values, largest first; of equal ones the first comes first. */
function largestIndices(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (best.length < count || value > values[best[count - 1]]) {
      let place = best.length;
      while (place > 0 && value > values[best[place - 1]]) {
        place -= 1;
      }
      best.splice(place, 0, index);
      best.length = Math.min(best.length, count);
    }
  }
  return best;
}

function softmaxOf(
  logits: Float32Array,
  largest: number
): (index: number) => number {
  let total = 0;
  for (const logit of logits) {
    total += Math.exp(logit - largest);
  }
  return index => Math.exp(logits[index] - largest) / total;
}

/** The `count` best classes by logits, through their softmax, or by probabilities. */
export function bestClasses(
  values: Float32Array,
  labels: string[],
  count: number,
  areProbabilities = false
): IClassification {
  const best = largestIndices(values, count);
  const probabilityOf = areProbabilities
    ? (index: number) => values[index]
    : softmaxOf(values, values[best[0]]);
  const predictions = best.map(index => ({
    label: labels[index],
    probability: probabilityOf(index),
    index
  }));
  return {
    labels: predictions.map(({ label }) => label),
    probabilities: predictions.map(({ probability }) => probability),
    predictions
  };
}

/** How the folder's network wants its pictures, within the memory that may be used. */
export function picturePreparation(
  folder: IModelFolder,
  options: Pick<ITaskOptions, 'maxFileBytes' | 'memoryBytes'>
): IPreparation {
  const memoryPixels = (options.memoryBytes * DECODING_SHARE) / BYTES_PER_PIXEL;
  const limits = {
    maxPixels: Math.floor(Math.min(MAX_PIXELS, memoryPixels)),
    maxBytes: options.maxFileBytes
  };
  const config = readPreprocessor(folder, PreprocessorConfig);
  return preparationOf(config, limits, folder.config.num_channels ?? 3);
}

/**
 * Opens a folder whose network maps pictures to classes: `pixel_values` [batch, 3, height, width] to `logits` [batch, classes], or what
 * `network` in its manifest says; as TensorFlow.js model, pictures [batch, height, width, 3] to logits or probabilities.
 */
export async function openImageClassification(
  folder: IModelFolder,
  options: ITaskOptions
): Promise<ITaskModel<IClassification>> {
  const labels = labelsOf(folder);
  const { input, output, channels, channelsLast, gives } =
    pictureNetworkOf(folder);
  const preparation = picturePreparation(folder, options);
  const pipeline = new Pipeline({
    preparation,
    session: {
      network: networkOf(folder),
      input,
      output,
      shape: [channels, preparation.height, preparation.width],
      channelsLast,
      outputLength: outputLengthOf(labels, gives)
    },
    threads: options.threads,
    workers: options.workers,
    maxBatch: options.maxBatch
  });
  try {
    const { backend, detail, givesProbabilities } = await pipeline.open();
    return {
      backend,
      detail,
      arguments: argumentsOf(labels.length),
      output: `${labels.length} labels`,
      predict: async ({ image, top_k }, signal) => {
        const found = await pipeline.run(image as PictureInput, signal);
        const guess = givesProbabilities ? 'probabilities' : 'logits';
        const { values, areReady } = classNumbers(found, gives ?? guess);
        return bestClasses(values, labels, top_k as number, areReady);
      },
      release: () => pipeline.dispose()
    };
  } catch (error) {
    await pipeline.dispose();
    throw error;
  }
}
