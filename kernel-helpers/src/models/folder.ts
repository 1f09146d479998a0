import { DeepError } from '@jupyterlab-deep/protocol';
import { readFile, realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';
import {
  ModelConfig,
  ModelManifest,
  parseModelFile,
  PreprocessorConfig
} from './manifest';
import { type IExternalData, readOnnxReferences } from './onnxReferences';

/** A model folder in the Hugging Face layout, all of whose files were checked. */
export interface IModelFolder {
  /** Real path of the folder. */
  path: string;
  /** Real path of `onnx/model.onnx`. */
  modelPath: string;
  manifest: ModelManifest;
  config: ModelConfig;
  preprocessor: PreprocessorConfig | null;
  inputs: string[];
  outputs: string[];
  /** Bytes of the model and of the files it refers to. */
  sizeBytes: number;
}

const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** A protobuf message cannot be larger; bigger models keep their weights in files of their own. */
const MAX_MODEL_BYTES = 2 * 1024 ** 3 - 1;

const invalid = (detail: string, technical?: string): DeepError =>
  new DeepError('model-invalid', detail, {
    hint: 'Get the model folder again or correct it.',
    technical
  });

/** Real path of a file in the folder; refuses what is missing, empty, too large or leads outside. */
async function checkedFile(
  root: string,
  name: string,
  maxBytes: number
): Promise<{ path: string; sizeBytes: number }> {
  const real = await realpath(path.join(root, name)).catch(() => null);
  if (real === null) {
    throw invalid(`The model folder has no ${name}.`);
  }
  if (!real.startsWith(root + path.sep)) {
    throw invalid(`${name} of the model folder leads outside of it.`, real);
  }
  const info = await stat(real);
  if (!info.isFile()) {
    throw invalid(`${name} of the model folder is not a file.`);
  }
  if (info.size === 0) {
    throw invalid(`${name} of the model folder is empty.`);
  }
  if (info.size > maxBytes) {
    throw invalid(
      `${name} of the model folder has ${info.size} bytes; at most ${maxBytes} are read.`
    );
  }
  return { path: real, sizeBytes: info.size };
}

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
  const name = path.posix.join('onnx', data.location);
  const isPlain =
    data.location !== '' &&
    !path.isAbsolute(data.location) &&
    !data.location.split(/[\\/]/).includes('..');
  if (!isPlain) {
    throw invalid(
      `onnx/model.onnx refers to "${data.location}", which is not a path inside the model folder.`
    );
  }
  const file = await checkedFile(root, name, Number.MAX_SAFE_INTEGER);
  if (data.offsetBytes + data.lengthBytes > file.sizeBytes) {
    throw invalid(
      `${name} is shorter than onnx/model.onnx says: it may be damaged.`
    );
  }
  return file.sizeBytes;
}

async function checkModel(root: string) {
  const file = await checkedFile(root, 'onnx/model.onnx', MAX_MODEL_BYTES);
  let references;
  try {
    references = readOnnxReferences(await readFile(file.path));
  } catch (error) {
    throw invalid(
      'onnx/model.onnx is not an ONNX model, or it is damaged.',
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
  return { modelPath: file.path, sizeBytes, ...references };
}

/**
 * Checks a model folder without loading the model.
 * @param folder - Path of a folder with `config.json`, `onnx/model.onnx`, and perhaps `preprocessor_config.json` and `module.json`.
 * @throws DeepError `model-invalid`, naming the file and what is wrong with it.
 */
export async function openModelFolder(folder: string): Promise<IModelFolder> {
  const root = await realpath(folder).catch(() => {
    throw invalid(`There is no model folder at ${folder}.`);
  });
  const config = parseModelFile(
    ModelConfig,
    await readText(root, 'config.json'),
    'config.json'
  );
  const manifest = await readManifest(root, config);
  const preprocessor = (await isPresent(root, 'preprocessor_config.json'))
    ? parseModelFile(
        PreprocessorConfig,
        await readText(root, 'preprocessor_config.json'),
        'preprocessor_config.json'
      )
    : null;
  const { modelPath, sizeBytes, inputs, outputs } = await checkModel(root);
  return {
    path: root,
    modelPath,
    manifest,
    config,
    preprocessor,
    inputs,
    outputs,
    sizeBytes
  };
}
