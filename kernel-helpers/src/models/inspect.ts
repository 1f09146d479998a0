import {
  DeepError,
  type ModelInspection,
  type ModelTensor
} from '@jupyterlab-deep/protocol';
import { readFile, realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { checkedFile, checkedReference } from './checkedFile';
import { labelsInMetadata, lookBeside } from './inspectBeside';
import { type IOnnxFacts, readOnnxFacts } from './inspectOnnx';
import { guessTask, type INetworkFacts } from './inspectTask';
import { readTfjsFacts } from './inspectTfjs';
import { checkTfjsModel } from './tfjsFolder';

/** What a model's file says, and which files make up a model folder of it. */
export interface IInspectedModel {
  inspection: ModelInspection;
  /** Real paths by the place in a model folder. */
  files: Record<string, string>;
}

/** A protobuf message cannot be larger; bigger models keep their weights in files of their own. */
const MAX_ONNX_BYTES = 2 * 1024 ** 3 - 1;
/** What lies in a folder, in the order in which it counts. */
const IN_FOLDER = ['onnx/model.onnx', 'model.onnx', 'model.json'];
/** Names that say nothing: the folder's counts instead. */
const PLAIN_NAMES = [
  'model',
  'onnx',
  'saved_model',
  'tfjs',
  'web_model',
  'export'
];

const notFound = (file: string): DeepError =>
  new DeepError('not-found', `There is no file ${file}.`, {
    hint: 'Look whether it was moved, and whether its name is spelt so.'
  });

/** The model's file, where a folder was named. */
async function fileOf(given: string): Promise<string> {
  const real = await realpath(given).catch(() => undefined);
  if (real === undefined) {
    throw notFound(given);
  }
  if (!(await stat(real)).isDirectory()) {
    return real;
  }
  for (const name of IN_FOLDER) {
    const file = await realpath(path.join(real, name)).catch(() => undefined);
    if (file !== undefined) {
      return file;
    }
  }
  const isSaved = await stat(path.join(real, 'saved_model.pb')).then(
    () => true,
    () => false
  );
  throw new DeepError(
    'model-invalid',
    isSaved
      ? `${given} holds a TensorFlow SavedModel. Its graph can read and write files, so it counts as code.`
      : `The folder ${given} holds no model: neither ${IN_FOLDER.join(', nor ')}.`,
    {
      hint: isSaved
        ? 'Convert it to ONNX: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx'
        : 'Name an .onnx file, or the model.json of TensorFlow.js.'
    }
  );
}

function nameOf(file: string): string {
  const parts = file.split(path.sep);
  const stem = path.parse(file).name;
  const names = [stem, ...parts.slice(0, -1).reverse()];
  return names.find(name => name && !PLAIN_NAMES.includes(name)) ?? 'model';
}

/** Folders where labels and preparation may lie: in Hugging Face's layout one above. */
function foldersOf(file: string): string[] {
  const folder = path.dirname(file);
  return path.basename(folder) === 'onnx'
    ? [folder, path.dirname(folder)]
    : [folder];
}

interface IRead {
  format: ModelInspection['format'];
  facts: INetworkFacts;
  files: Record<string, string>;
  sizeBytes: number;
  about: Pick<ModelInspection, 'opset' | 'producer' | 'metadata'>;
}

function factsOf(found: IOnnxFacts): INetworkFacts {
  const { inputs, outputs, madeBy, readBy, metadata, classNames } = found;
  return {
    format: 'onnx',
    inputs,
    outputs,
    madeBy: output => (madeBy.get(output) ?? '').toLowerCase(),
    readBy: input =>
      (readBy.get(input) ?? []).map(operation => operation.toLowerCase()),
    rescales: false,
    labels: classNames
      ? { names: classNames, from: 'The file itself' }
      : labelsInMetadata(metadata)
  };
}

function readFacts(bytes: Uint8Array, name: string): IOnnxFacts {
  try {
    return readOnnxFacts(bytes);
  } catch (error) {
    throw new DeepError(
      'model-invalid',
      `${name} is not an ONNX model, or it is damaged.`,
      {
        hint: 'Export it again. Files of PyTorch (.pt, .pth), Keras (.keras, .h5) and scikit-learn (.pkl) are programs and are not read: docs/models.md has the line that exports each to ONNX.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
}

async function readOnnx(file: string): Promise<IRead> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const { sizeBytes } = await checkedFile(folder, name, MAX_ONNX_BYTES);
  const found = readFacts(await readFile(file), name);
  const files: Record<string, string> = { 'onnx/model.onnx': file };
  let total = sizeBytes;
  for (const { location, offsetBytes, lengthBytes } of found.externalData) {
    const to = path.posix.join('onnx', location);
    if (to in files) {
      continue;
    }
    const weights = await checkedReference(folder, '', location, name);
    if (offsetBytes + lengthBytes > weights.sizeBytes) {
      throw new DeepError(
        'model-invalid',
        `${location} is shorter than ${name} says: it may be damaged.`,
        { hint: 'Copy or export both files again.' }
      );
    }
    files[to] = weights.path;
    total += weights.sizeBytes;
  }
  const { opset, producer, metadata } = found;
  return {
    format: 'onnx',
    facts: factsOf(found),
    files,
    sizeBytes: total,
    about: { opset, producer: producer || undefined, metadata }
  };
}

async function readTfjs(file: string): Promise<IRead> {
  const folder = path.dirname(file);
  const { weightPaths, sizeBytes } = await checkTfjsModel(folder);
  const json = JSON.parse(await readFile(file, 'utf8'));
  const found = readTfjsFacts(json);
  const files = Object.fromEntries(
    [file, ...weightPaths].map(each => [
      path.relative(folder, each).split(path.sep).join('/'),
      each
    ])
  );
  const { inputs, outputs, activation, rescales, producer } = found;
  return {
    format: 'tfjs',
    facts: {
      format: 'tfjs',
      inputs,
      outputs,
      madeBy: () => activation,
      readBy: () => [],
      rescales
    },
    files,
    sizeBytes,
    about: { producer: producer || undefined, metadata: {} }
  };
}

const known = (tensors: ModelTensor[]): ModelTensor[] => tensors.slice(0, 100);

/**
 * Reads what a model's file says of itself, and what lies beside it. Nothing of it is run or loaded.
 * @param given - Absolute path of an `.onnx` file, of a `model.json` of TensorFlow.js, or of a folder with one of them.
 * @throws DeepError `not-found`; `model-invalid` when it is no model, damaged, or refers to files outside of its folder.
 */
export async function readModel(given: string): Promise<IInspectedModel> {
  const file = await fileOf(given);
  const isTfjs = path.extname(file).toLowerCase() === '.json';
  const { format, facts, files, sizeBytes, about } = isTfjs
    ? await readTfjs(file)
    : await readOnnx(file);
  const beside = await lookBeside(foldersOf(file));
  const shared = {
    format,
    name: nameOf(file),
    sizeBytes,
    files: Object.values(files).map(each =>
      path.relative(path.dirname(file), each)
    ),
    inputs: known(facts.inputs),
    outputs: known(facts.outputs),
    ...about
  };
  try {
    return { inspection: { ...shared, ...guessTask(facts, beside) }, files };
  } catch (error) {
    if (!(error instanceof DeepError)) {
      throw error;
    }
    const problem = error.toProblem();
    return {
      inspection: { ...shared, findings: [], questions: [], problem },
      files
    };
  }
}
