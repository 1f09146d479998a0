import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  DeepError,
  type ModelColumn,
  type ModelNetwork,
  type ModelPreparation,
  type ModelRequest,
  type ModelTask,
  type PreparationName,
  type SavedModel as Saved
} from '@jupyterlab-deep/protocol';
import { service } from './connection';
import { display } from './display';
import { interruptible } from './interrupt';
import { SavedModel } from './savedModel';

/** What TensorFlow.js gives to whoever saves a model. */
interface IArtifacts {
  modelTopology?: object | ArrayBuffer;
  weightSpecs?: object[];
  weightData?: ArrayBuffer | ArrayBuffer[];
  format?: string;
  generatedBy?: string;
  convertedBy?: string | null;
  signature?: object;
  userDefinedMetadata?: object;
}

/** What TensorFlow.js is told when its model is written. */
interface IWritten {
  modelArtifactsInfo: { dateSaved: Date; modelTopologyType: 'JSON' };
}

/** A model of TensorFlow.js, whichever package it comes from. */
interface ITfjsModel {
  save(handler: {
    save(artifacts: IArtifacts): Promise<IWritten>;
  }): Promise<unknown>;
}

/** A layers model of TensorFlow.js; bytes of an ONNX file; or a path: of an `.onnx` file, a `model.json`, or a folder with one. */
export type ModelSource = string | Uint8Array | ITfjsModel;

export interface ISaveOptions extends ModelNetwork {
  /** Names of the classes, in the order of the network. */
  labels?: string[];
  /** Names of a table's columns, in the order of the network. */
  columns?: (string | ModelColumn)[];
  /** By Hugging Face's name; what the file tells when left out. */
  task?: ModelTask;
  /** What becomes of pictures: a name such as `imagenet` or `zero-one`, or every step. */
  preparation?: PreparationName | ModelPreparation;
  title?: string;
  summary?: string;
  description?: string;
  licence?: string;
  author?: string;
  version?: string;
  /** Path of a picture or table to try it with, or the numbers of one row. */
  example?: string | Record<string, number>;
  /** Take the place of the one of this name. */
  replace?: boolean;
  signal?: AbortSignal;
}

const MODEL = 'model.json';
const WEIGHTS = 'weights.bin';

/** Save a model as a module of its user. */
export function saveModel(
  model: ModelSource,
  name: string,
  options: ISaveOptions = {}
): Promise<SavedModel> {
  return interruptible(options.signal, async signal => {
    const line = display.progress(`Saving ${name}`);
    let outcome = `${name} was not saved`;
    let scratch: string | undefined;
    try {
      let file: string;
      if (typeof model === 'string') {
        file = path.resolve(model);
      } else {
        scratch = await mkdtemp(path.join(os.tmpdir(), 'deep-model-'));
        file = await writeSource(scratch, model);
      }
      const saved = await service.json<Saved>('/models', {
        method: 'POST',
        body: requestOf(file, name, options),
        signal
      });
      outcome = `Saved as ${saved.id}, version ${saved.version}`;
      return new SavedModel(saved);
    } finally {
      line.end(outcome);
      if (scratch) {
        await rm(scratch, { recursive: true, force: true });
      }
    }
  });
}

function requestOf(
  file: string,
  name: string,
  options: ISaveOptions
): ModelRequest {
  const { labels, columns, task, preparation, example, replace } = options;
  const { title, summary, description, licence, author, version } = options;
  const { input, output, layout, gives } = options;
  const isNamed = typeof preparation === 'string';
  const place = (each: string) =>
    ({ from: 'path', path: path.resolve(each) }) as const;
  // Undefined ones are gone in JSON.
  return {
    file: place(file),
    name,
    settings: {
      task,
      labels,
      network: { input, output, layout, gives },
      columns: columns?.map(each =>
        typeof each === 'string' ? { name: each } : each
      ),
      preparation: isNamed ? undefined : preparation
    },
    preset: isNamed ? preparation : undefined,
    example:
      typeof example === 'string'
        ? { file: place(example) }
        : example && { values: example },
    replace,
    title,
    summary,
    description,
    licence,
    author,
    version
  };
}

async function writeSource(
  folder: string,
  model: Uint8Array | ITfjsModel
): Promise<string> {
  if (model instanceof Uint8Array) {
    const file = path.join(folder, 'model.onnx');
    await writeFile(file, model);
    return file;
  }
  if (typeof (model as Partial<ITfjsModel> | null)?.save !== 'function') {
    throw new DeepError(
      'invalid-arguments',
      'This is no model that can be saved.',
      {
        hint: 'Give a layers model of TensorFlow.js, the path of an .onnx file, or its bytes.'
      }
    );
  }
  await model.save({ save: artifacts => writeTfjs(folder, artifacts) });
  return path.join(folder, MODEL);
}

/** As TensorFlow.js itself writes it, with all weights in one file. */
async function writeTfjs(
  folder: string,
  { weightSpecs = [], weightData = [], ...model }: IArtifacts
): Promise<IWritten> {
  const { modelTopology, ...about } = model;
  if (modelTopology === undefined || modelTopology instanceof ArrayBuffer) {
    throw new DeepError(
      'invalid-arguments',
      'TensorFlow.js gave the weights without the network.',
      { hint: 'Save a layers model, or export the model to ONNX.' }
    );
  }
  const pieces = [weightData].flat().map(piece => Buffer.from(piece));
  await writeFile(path.join(folder, WEIGHTS), Buffer.concat(pieces));
  const weightsManifest = [{ paths: [WEIGHTS], weights: weightSpecs }];
  await writeFile(
    path.join(folder, MODEL),
    JSON.stringify({ ...about, modelTopology, weightsManifest })
  );
  return {
    modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' }
  };
}
