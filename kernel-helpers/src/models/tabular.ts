import { DeepError } from '@jupyterlab-deep/protocol';
import { type ArgumentValues, type IArgument } from './arguments';
import { classNumbers, outputLengthOf } from './classNumbers';
import { isDistribution } from './distribution';
import { type IModelFolder } from './folder';
import {
  bestClasses,
  type IClassification,
  labelsOf
} from './imageClassification';
import { type FileInput, movedInput } from './inputFile';
import { type ModelManifest } from './manifest';
import { modelFileName, networkOf } from './network';
import { Stoppable } from './stoppable';
import {
  type ITabularCall,
  type ITabularData,
  type ITabularOutput,
  type TabularAnswer
} from './tabularWorker';
import { type ITaskModel, type ITaskOptions } from './task';
import { type INetworkState } from './workerNetwork';
import { WorkerThread } from './workerThread';

/** Answer for one row of a table, rows counted from 1. */
export interface ITableRow {
  row: number;
  label?: string;
  probability?: number;
  /** Of a regression. */
  value?: number;
}

/** One row given by its numbers is answered like a picture, or with its number; a table with a row each. */
export type TabularResult = IClassification | { value: number } | ITableRow[];

type Features = NonNullable<ModelManifest['features']>;

const TABLE = 'table';
const REQUIRED = 'Missing data for required field.';
const LOGITS = 'logits';
const PROBABILITIES = ['probabilities', 'output_probability'];
/** What skl2onnx calls the number of a regression. */
const REGRESSION = ['variable', 'output', 'logits'];

function featuresOf({ manifest }: IModelFolder): Features {
  const { features } = manifest;
  const names = features?.map(({ name }) => name) ?? [];
  if (!features || new Set([...names, TABLE]).size !== names.length + 1) {
    throw new DeepError(
      'model-invalid',
      features
        ? `The features in module.json must have names of their own, and none may be called ${TABLE}.`
        : 'module.json does not name the columns that the model takes.',
      { hint: 'List them under "features", in the order of the network.' }
    );
  }
  return features;
}

function argumentsOf(features: Features): IArgument[] {
  const numbers = features.map(
    ({ name, description, minimum, maximum }): IArgument => ({
      name,
      type: 'number',
      // A table can stand for all of them.
      required: false,
      description: description ?? name,
      minimum,
      maximum
    })
  );
  const table: IArgument = {
    name: TABLE,
    type: 'file',
    required: false,
    description: `Instead of the numbers, a table of many rows: CSV with the columns ${features.map(({ name, column }) => column ?? name).join(', ')}`
  };
  return [...numbers, table];
}

/** The tensors to use. A TensorFlow.js model has one of each. */
function tensorsOf(
  { format, inputs, outputs, manifest }: IModelFolder,
  wanted: string[]
): { input: string; output: string } {
  if (format === 'tfjs') {
    return { input: 'input', output: 'output' };
  }
  const named = manifest.network?.output;
  const output =
    (named === undefined || outputs.includes(named) ? named : undefined) ??
    wanted.find(name => outputs.includes(name)) ??
    (outputs.length === 1 ? outputs[0] : undefined);
  if (inputs.length !== 1 || output === undefined) {
    throw new DeepError(
      'model-invalid',
      `onnx/model.onnx must have one input and an output "${wanted[0]}"; it has ${inputs.join(', ')} and ${outputs.join(', ')}.`,
      { hint: "skl2onnx: convert with options={'zipmap': False}." }
    );
  }
  return { input: inputs[0], output };
}

/** Either all numbers, or a table. */
function rowOf(features: Features, args: ArgumentValues): number[] | undefined {
  const given = features.filter(({ name }) => args[name] !== undefined);
  if (args[TABLE] === undefined && given.length === features.length) {
    return features.map(({ name }) => args[name] as number);
  }
  if (args[TABLE] !== undefined && given.length === 0) {
    return undefined;
  }
  if (args[TABLE] !== undefined) {
    const detail = 'Give either the numbers or a table, not both.';
    throw new DeepError('invalid-arguments', detail, {
      fields: { [TABLE]: [detail] }
    });
  }
  const missing = features.filter(({ name }) => args[name] === undefined);
  throw new DeepError(
    'invalid-arguments',
    `${missing.map(({ name }) => name).join(', ')}: ${REQUIRED} A table can stand for all of them.`,
    {
      fields: Object.fromEntries(missing.map(({ name }) => [name, [REQUIRED]]))
    }
  );
}

type Shape = (values: Float32Array) => Omit<ITableRow, 'row'>;

function tableRows(
  { values, rows }: ITabularOutput,
  shape: Shape
): ITableRow[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, index) => ({
    row: index + 1,
    ...shape(values.subarray(index * width, (index + 1) * width))
  }));
}

/** How the network's numbers for one row become an answer. */
interface IAnswers {
  width: number;
  output: string;
  one(values: Float32Array): TabularResult;
  ofTable: Shape;
}

function classAnswers(folder: IModelFolder, output: string): IAnswers {
  const labels = labelsOf(folder);
  const { gives } = folder.manifest.network ?? {};
  const guess = (values: Float32Array) =>
    output !== LOGITS && isDistribution(values) ? 'probabilities' : 'logits';
  const classify = (found: Float32Array, count: number): IClassification => {
    const { values, areReady } = classNumbers(found, gives ?? guess(found));
    return bestClasses(values, labels, count, areReady);
  };
  return {
    width: outputLengthOf(labels, gives),
    output: `${labels.length} labels`,
    one: values => classify(values, labels.length),
    ofTable: values => {
      const { label, probability } = classify(values, 1).predictions[0];
      return { label, probability };
    }
  };
}

const REGRESSION_ANSWERS: IAnswers = {
  width: 1,
  output: 'a number',
  one: ([value]) => ({ value }),
  ofTable: ([value]) => ({ value })
};

class TabularModel implements ITaskModel<TabularResult> {
  static async open(
    folder: IModelFolder,
    options: ITaskOptions,
    answersOf: (output: string) => IAnswers,
    outputs: string[]
  ): Promise<TabularModel> {
    const features = featuresOf(folder);
    const tensors = tensorsOf(folder, outputs);
    const data: ITabularData = {
      network: networkOf(folder),
      threads: options.threads,
      ...tensors,
      columns: features.map(({ name }) => name),
      otherNames: features.map(({ column }) => column),
      maxBytes: options.maxFileBytes
    };
    const answers = answersOf(tensors.output);
    const model = new TabularModel(features, answers, data);
    try {
      await model._open(modelFileName(folder));
      return model;
    } catch (error) {
      await model.release();
      throw error;
    }
  }

  private constructor(
    private readonly _features: Features,
    private readonly _answers: IAnswers,
    data: ITabularData
  ) {
    this.arguments = argumentsOf(_features);
    this.output = _answers.output;
    this._worker = new WorkerThread('tabularWorker', data, 'that reads tables');
  }

  backend = '';
  detail = '';
  readonly arguments: IArgument[];
  readonly output: string;

  async predict(
    args: ArgumentValues,
    signal?: AbortSignal
  ): Promise<TabularResult> {
    const row = rowOf(this._features, args);
    if (row) {
      const { values } = await this._call({ row }, [], signal);
      return this._answers.one(values);
    }
    const [table, transfer] = movedInput(args[TABLE] as FileInput);
    const found = await this._call({ table }, transfer, signal);
    return tableRows(found, this._answers.ofTable);
  }

  async release(): Promise<void> {
    this._running.stopAll();
    await this._worker.dispose();
  }

  /** Loads the network, and runs it once to see whether it fits the manifest. */
  private async _open(fileName: string): Promise<void> {
    const state = (): Promise<TabularAnswer> =>
      this._running.run(undefined, stop => this._worker.call({ stop }));
    await state();
    const row = this._features.map(() => 0);
    const found = await this._call({ row }, []).catch(error => {
      throw new DeepError(
        'model-invalid',
        `${fileName} does not run on one row of ${row.length} numbers, as "features" in module.json says.`,
        { technical: (error as Error).message, cause: error }
      );
    });
    if (found.values.length !== this._answers.width) {
      throw new DeepError(
        'model-invalid',
        `${fileName} gives ${found.values.length} numbers for a row; ${this._answers.width} are expected.`
      );
    }
    // The first run may have shown that the backend lacks an operation.
    const { backend, detail } = (await state()) as INetworkState;
    [this.backend, this.detail] = [backend, detail];
  }

  private async _call(
    call: Omit<ITabularCall, 'stop'>,
    transfer: ArrayBuffer[],
    signal?: AbortSignal
  ): Promise<ITabularOutput> {
    const found = await this._running.run(signal, stop =>
      this._worker.call({ ...call, stop }, transfer)
    );
    return found as ITabularOutput;
  }

  private readonly _worker: WorkerThread<ITabularCall, TabularAnswer>;
  private readonly _running = new Stoppable();
}

/** Opens a folder whose network maps rows [batch, features] to `logits` or `probabilities` [batch, classes]. */
export const openTabularClassification = (
  folder: IModelFolder,
  options: ITaskOptions
): Promise<ITaskModel<TabularResult>> =>
  TabularModel.open(folder, options, output => classAnswers(folder, output), [
    LOGITS,
    ...PROBABILITIES
  ]);

/** Opens a folder whose network maps rows [batch, features] to a number each. */
export const openTabularRegression = (
  folder: IModelFolder,
  options: ITaskOptions
): Promise<ITaskModel<TabularResult>> =>
  TabularModel.open(folder, options, () => REGRESSION_ANSWERS, REGRESSION);
