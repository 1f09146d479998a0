import { DeepError } from '@jupyterlab-deep/protocol';
import { type Static, type TSchema } from '@sinclair/typebox';
import { readFile, realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { checkedFile, checkedReference, invalidFolder } from './checkedFile';
import { ModelConfig, ModelManifest, parseModelFile } from './manifest';
import { type IExternalData, readOnnxReferences } from './onnxReferences';
import { checkTfjsModel } from './tfjsFolder';

/** ONNX in the Hugging Face layout, or TensorFlow.js: `model.json` and files of weights. */
export type ModelFormat = 'onnx' | 'tfjs';

/** A model folder, all of whose files were checked. */
export interface IModelFolder {
  /** Real path of the folder. */
  path: string;
  format: ModelFormat;
  /** Real path of `onnx/model.onnx` or `model.json`. */
  modelPath: string;
  /** Real paths of a TensorFlow.js model's weights, in their order. */
  weightPaths: string[];
  manifest: ModelManifest;
  config: ModelConfig;
  /** Text of `preprocessor_config.json`, which each task reads in its own way; null when there is none. */
  preprocessorText: string | null;
  /** Names of the graph's inputs and outputs; empty for TensorFlow.js, where they mean nothing. */
  inputs: string[];
  outputs: string[];
  /** Bytes of the model and of the files it refers to. */
  sizeBytes: number;
}

const CONFIG = 'config.json';
const PREPROCESSOR = 'preprocessor_config.json';
const ONNX_FILE = 'onnx/model.onnx';

const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** A protobuf message cannot be larger; bigger models keep their weights in files of their own. */
const MAX_MODEL_BYTES = 2 * 1024 ** 3 - 1;

async function readText(root: string, name: string): Promise<string> {
  const file = await checkedFile(root, name, MAX_JSON_BYTES);
  return readFile(file.path, 'utf8');
}

async function isPresent(root: string, name: string): Promise<boolean> {
  return stat(path.join(root, name)).then(
    () => true,
    // A link to nowhere counts as present: reading it then names what is wrong.
    () => false
  );
}

/** Without a manifest the folder's name names the model, and its architecture the task. */
async function readManifest(
  root: string,
  config: ModelConfig
): Promise<ModelManifest> {
  if (await isPresent(root, 'module.json')) {
    const text = await readText(root, 'module.json');
    return parseModelFile(ModelManifest, text, 'module.json');
  }
  const name = path.basename(root).replace(/[^A-Za-z0-9._-]/g, '-');
  const classifies = config.architectures?.some(architecture =>
    architecture.endsWith('ForImageClassification')
  );
  return { name, task: classifies ? 'image-classification' : undefined };
}

async function checkExternalData(
  root: string,
  data: IExternalData
): Promise<number> {
  const file = await checkedReference(root, 'onnx', data.location, ONNX_FILE);
  if (data.offsetBytes + data.lengthBytes > file.sizeBytes) {
    throw invalidFolder(
      `onnx/${data.location} is shorter than ${ONNX_FILE} says: it may be damaged.`
    );
  }
  return file.sizeBytes;
}

async function checkOnnxModel(root: string) {
  const file = await checkedFile(root, ONNX_FILE, MAX_MODEL_BYTES);
  let references;
  try {
    references = readOnnxReferences(await readFile(file.path));
  } catch (error) {
    throw invalidFolder(
      `${ONNX_FILE} is not an ONNX model, or it is damaged.`,
      (error as Error).message
    );
  }
  const sizes = new Map<string, number>();
  for (const data of references.externalData) {
    if (!sizes.has(data.location)) {
      sizes.set(data.location, 0);
    }
    sizes.set(data.location, await checkExternalData(root, data));
  }
  const sizeBytes = [...sizes.values()].reduce((a, b) => a + b, file.sizeBytes);
  const { inputs, outputs } = references;
  return { modelPath: file.path, weightPaths: [], sizeBytes, inputs, outputs };
}

/** Which kind of model lies there. A SavedModel is named, so that nobody looks for what is wrong with it. */
async function formatOf(root: string): Promise<ModelFormat> {
  const [hasOnnx, hasTfjs, hasSavedModel] = await Promise.all(
    [ONNX_FILE, 'model.json', 'saved_model.pb'].map(name =>
      isPresent(root, name)
    )
  );
  if (hasSavedModel && !hasOnnx && !hasTfjs) {
    throw new DeepError(
      'model-invalid',
      'The folder holds a TensorFlow SavedModel (saved_model.pb). Its graph can read and write files, so it counts as code and is not loaded as a model folder.',
      {
        hint: 'Convert it to ONNX with tf2onnx, or to TensorFlow.js with tensorflowjs_converter, or run it as a Python module.'
      }
    );
  }
  return hasTfjs && !hasOnnx ? 'tfjs' : 'onnx';
}

/** A TensorFlow.js folder may say all in `module.json`, or need no names of classes. */
async function readConfig(
  root: string,
  format: ModelFormat
): Promise<ModelConfig> {
  return format === 'tfjs' && !(await isPresent(root, CONFIG))
    ? {}
    : parseModelFile(ModelConfig, await readText(root, CONFIG), CONFIG);
}

/**
 * Checks a model folder without loading the model.
 * @param folder - Path of a folder with `config.json` and `onnx/model.onnx`, or with `model.json` and its weights, and perhaps
 * `preprocessor_config.json` and `module.json`.
 * @throws DeepError `model-invalid`, naming the file and what is wrong with it.
 */
export async function openModelFolder(folder: string): Promise<IModelFolder> {
  const root = await realpath(folder).catch(() => {
    throw invalidFolder(`There is no model folder at ${folder}.`);
  });
  const format = await formatOf(root);
  const config = await readConfig(root, format);
  const manifest = await readManifest(root, config);
  const preprocessorText = (await isPresent(root, PREPROCESSOR))
    ? await readText(root, PREPROCESSOR)
    : null;
  const files =
    format === 'tfjs'
      ? { ...(await checkTfjsModel(root)), inputs: [], outputs: [] }
      : await checkOnnxModel(root);
  return { path: root, format, manifest, config, preprocessorText, ...files };
}

/**
 * What `preprocessor_config.json` says to a task.
 * @throws DeepError `model-invalid` when it is missing or breaks the schema.
 */
export function readPreprocessor<T extends TSchema>(
  { preprocessorText }: IModelFolder,
  schema: T
): Static<T> {
  if (preprocessorText === null) {
    throw invalidFolder(`The model folder has no ${PREPROCESSOR}.`);
  }
  return parseModelFile(schema, preprocessorText, PREPROCESSOR);
}
