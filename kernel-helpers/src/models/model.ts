import { DeepError } from '@jupyterlab-deep/protocol';
import * as path from 'node:path';
import {
  type ArgumentValues,
  type IArgument,
  readArguments
} from './arguments';
import { hasCudaLibrary } from './cuda';
import { type IModelFolder, openModelFolder } from './folder';
import { openImageClassification } from './imageClassification';
import { machineLimits } from './machine';
import { type ModelManifest } from './manifest';
import { openTabularClassification, openTabularRegression } from './tabular';
import { type ITaskModel, type ITaskOptions, type OpenTask } from './task';
import { openVoiceActivity } from './voiceActivity';

/** One handler a task, by Hugging Face's name of it. */
const TASKS = new Map<string, OpenTask>([
  ['image-classification', openImageClassification],
  ['tabular-classification', openTabularClassification],
  ['tabular-regression', openTabularRegression],
  ['voice-activity-detection', openVoiceActivity]
]);

const MAX_FILE_BYTES = 200 * 1024 ** 2;
/** Larger batches make those in them wait and bring nothing: a batch of two saves 5 % on a CPU, one of eight no more. */
const MAX_BATCH = 4;
const MAX_BATCH_ON_GPU = 16;

export interface ILoadOptions {
  /** CPUs to compute with. Default: all that this process may use. */
  threads?: number;
  /** Inference workers, each with a copy of the model. Default: one a CPU, at most four. */
  workers?: number;
  /** Most inputs in one run of the network. Default 4. */
  maxBatch?: number;
  /** Larger input files are refused. Default 200 MB. */
  maxFileBytes?: number;
}

/** What a model is and takes. */
export interface IModelDescription {
  name: string;
  title: string;
  version: string;
  license: string;
  task: string;
  arguments: IArgument[];
  output: string;
  sizeBytes: number;
}

/** A loaded model. Release it when it is no longer needed: it keeps its weights and threads until then. */
export interface IModel {
  /** Real path of its folder. */
  readonly folder: string;
  readonly manifest: ModelManifest;
  /** What computes: `cpu` or `cuda`; for TensorFlow.js `tfjs-node-gpu`, `tfjs-node`, `tfjs-wasm` or `tfjs-cpu`. */
  readonly backend: string;
  /** Why it computes there, and why nothing better does. */
  readonly detail: string;
  describe(): IModelDescription;
  /**
   * Predicts. File arguments are paths, relative to the working folder, or bytes.
   * @returns for `image-classification` an IClassification, for `voice-activity-detection` an IVoiceActivity, for the tabular
   * tasks a TabularResult.
   * @throws DeepError `invalid-arguments`, `invalid-picture`, `too-large`, `not-found`, `cancelled`, `module-failed`
   */
  predict(
    args: ArgumentValues,
    options?: { signal?: AbortSignal }
  ): Promise<unknown>;
  release(): Promise<void>;
}

/** Each worker has its own copy of the weights and of what is computed in between. */
const SESSION_SHARE_OF_MEMORY = 0.5;
const SESSION_SIZE_FACTOR = 4;
/** More cost memory and bring little: each then has several CPUs. */
const MAX_WORKERS = 4;

/** What a model of this size may use of this machine. */
export function taskOptions(
  options: ILoadOptions,
  sizeBytes: number
): ITaskOptions {
  const limits = machineLimits();
  const threads = options.threads ?? Math.max(1, Math.floor(limits.cpus));
  const fitting = Math.floor(
    (limits.memoryBytes * SESSION_SHARE_OF_MEMORY) /
      (sizeBytes * SESSION_SIZE_FACTOR)
  );
  const onGpu = hasCudaLibrary();
  const most = onGpu ? 1 : MAX_WORKERS;
  const workers = Math.max(1, Math.min(threads, most, fitting));
  return {
    threads,
    workers: options.workers ?? workers,
    maxBatch: options.maxBatch ?? (onGpu ? MAX_BATCH_ON_GPU : MAX_BATCH),
    memoryBytes: limits.memoryBytes,
    maxFileBytes: options.maxFileBytes ?? MAX_FILE_BYTES
  };
}

function findTask({ manifest }: IModelFolder): OpenTask {
  const open = TASKS.get(manifest.task ?? '');
  if (!open) {
    throw new DeepError(
      'model-invalid',
      manifest.task
        ? `The task "${manifest.task}" is not supported.`
        : 'Nothing in the model folder says what the model does.',
      {
        hint: `Supported by "task" in module.json: ${[...TASKS.keys()].join(', ')}.`
      }
    );
  }
  return open;
}

/** Misspelt arguments are an error in cells; over HTTP they are ignored, as real DEEPaaS does. */
function refuseUnknown(declared: IArgument[], given: ArgumentValues): void {
  const names = declared.map(({ name }) => name);
  const unknown = Object.keys(given).filter(name => !names.includes(name));
  if (unknown.length > 0) {
    throw new DeepError(
      'invalid-arguments',
      `The model has no argument ${unknown.join(', ')}; it takes ${names.join(', ')}.`,
      {
        fields: Object.fromEntries(
          unknown.map(name => [name, ['Unknown argument.']])
        )
      }
    );
  }
}

class Model implements IModel {
  constructor(
    private readonly _folder: IModelFolder,
    private readonly _task: ITaskModel
  ) {}

  get folder(): string {
    return this._folder.path;
  }

  get manifest(): ModelManifest {
    return this._folder.manifest;
  }

  get backend(): string {
    return this._task.backend;
  }

  get detail(): string {
    return this._task.detail;
  }

  describe(): IModelDescription {
    const { name, title, version, license, task } = this.manifest;
    return {
      name,
      title: title ?? name,
      version: version ?? '',
      license: license ?? '',
      task: task!,
      arguments: this._task.arguments,
      output: this._task.output,
      sizeBytes: this._folder.sizeBytes
    };
  }

  async predict(
    args: ArgumentValues,
    options: { signal?: AbortSignal } = {}
  ): Promise<unknown> {
    const declared = this._task.arguments;
    refuseUnknown(declared, args);
    const values = readArguments(declared, args);
    for (const { name, type } of declared) {
      const value = values[name];
      if (type === 'file' && typeof value === 'string') {
        values[name] = path.resolve(value);
      }
    }
    return this._task.predict(values, options.signal);
  }

  release(): Promise<void> {
    return this._task.release();
  }
}

/**
 * Loads a model folder (the Hugging Face layout, or TensorFlow.js) into this process; its work is done in worker threads.
 *
 * ```ts
 * const model = await models.load('exports/my-model');
 * await model.predict({ image: 'leaf.jpg', top_k: 3 });
 * await model.release();
 * ```
 * @throws DeepError `model-invalid`, naming the file and what is wrong with it.
 */
export async function loadModel(
  folder: string,
  options: ILoadOptions = {}
): Promise<IModel> {
  const checked = await openModelFolder(path.resolve(folder));
  const open = findTask(checked);
  return new Model(
    checked,
    await open(checked, taskOptions(options, checked.sizeBytes))
  );
}
