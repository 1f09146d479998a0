import { type ModelTensor } from '@jupyterlab-deep/protocol';

/** What a `model.json` of TensorFlow.js says of itself. */
export interface ITfjsFacts {
  inputs: ModelTensor[];
  outputs: ModelTensor[];
  producer: string;
  /** Activation of the last layer, in lower case; empty where it is not written. */
  activation: string;
  /** The network itself scales the values of a picture. */
  rescales: boolean;
}

type Json = Record<string, unknown>;

const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value : '';

const lengthOf = (value: unknown): number | null => {
  const length = Number(value);
  return Number.isInteger(length) && length > 0 ? length : null;
};

const shapeOf = (value: unknown): (number | null)[] =>
  list(value).map(lengthOf);

/** TensorFlow writes a shape as `{ dim: [{ size: "224" }] }`. */
const protoShape = (value: unknown): (number | null)[] =>
  list(record(value).dim).map(each => lengthOf(record(each).size));

const DATA_TYPES: Record<string, string> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int64',
  DT_UINT8: 'uint8',
  DT_STRING: 'string',
  DT_BOOL: 'bool'
};

interface ILayer {
  kind: string;
  name: string;
  config: Json;
  /** Layers of a model inside of a model. */
  inner: ILayer[];
}

function layersOf(config: unknown): ILayer[] {
  const given = Array.isArray(config) ? config : record(config).layers;
  return list(given).map(each => {
    const layer = record(each);
    const own = record(layer.config);
    return {
      kind: text(layer.class_name),
      name: text(own.name) || text(layer.name),
      config: own,
      inner: layersOf(own)
    };
  });
}

/** First part of Keras' references to layers: `["input_1", 0, 0]`, or a list of those. */
function firstNames(value: unknown): string[] {
  const given = list(value);
  return given.every(Array.isArray)
    ? given.map(each => text(list(each)[0]))
    : [text(given[0])];
}

const everyLayer = (layers: ILayer[]): ILayer[] =>
  layers.flatMap(layer => [layer, ...everyLayer(layer.inner)]);

function inputShape(layers: ILayer[]): (number | null)[] {
  const found = everyLayer(layers).find(
    ({ config }) => config.batch_input_shape ?? config.batch_shape
  )?.config;
  return shapeOf(found?.batch_input_shape ?? found?.batch_shape);
}

/** The layer that makes the answer; one that only activates is looked through. */
function lastLayer(layers: ILayer[]): {
  units: number | null;
  activation: string;
} {
  const last = layers.at(-1);
  if (!last) {
    return { units: null, activation: '' };
  }
  if (last.inner.length > 0) {
    return lastLayer(last.inner);
  }
  const isActivation = ['Activation', 'Softmax'].includes(last.kind);
  const before = isActivation ? lastLayer(layers.slice(0, -1)) : undefined;
  const activation =
    last.kind === 'Softmax' ? 'softmax' : text(last.config.activation);
  return {
    units: before ? before.units : lengthOf(last.config.units),
    activation: activation.toLowerCase()
  };
}

function layersFacts(config: Json): Omit<ITfjsFacts, 'producer'> {
  const own = record(config.config);
  const layers = layersOf(config.config);
  const { units, activation } = lastLayer(layers);
  const isNamed = 'input_layers' in own;
  const inputs = isNamed ? firstNames(own.input_layers) : ['input'];
  const outputs = isNamed ? firstNames(own.output_layers) : ['output'];
  const shape = inputShape(layers);
  return {
    inputs: inputs.map(name => ({ name, type: 'float32', shape })),
    outputs: outputs.map(name => ({
      name,
      type: 'float32',
      shape: [null, units]
    })),
    activation,
    rescales: everyLayer(layers).some(({ kind }) => kind === 'Rescaling')
  };
}

const signatureTensors = (value: unknown): ModelTensor[] =>
  Object.entries(record(value)).map(([name, tensor]) => ({
    name,
    type: DATA_TYPES[text(record(tensor).dtype)] ?? 'float32',
    shape: protoShape(record(tensor).tensorShape)
  }));

function graphFacts(json: Json): Omit<ITfjsFacts, 'producer'> {
  const nodes = list(record(json.modelTopology).node).map(record);
  const signature = record(json.signature);
  const placeholders = nodes
    .filter(({ op }) => op === 'Placeholder')
    .map(node => ({
      name: text(node.name),
      type: DATA_TYPES[text(record(record(node.attr).dtype).type)] ?? 'float32',
      shape: protoShape(record(record(node.attr).shape).shape)
    }));
  const read = new Set(
    nodes.flatMap(({ input }) =>
      list(input).map(name => text(name).replace(/^\^|:\d+$/g, ''))
    )
  );
  const ends = nodes.filter(
    ({ name, op }) =>
      !read.has(text(name)) && op !== 'Const' && op !== 'Placeholder'
  );
  const named = signatureTensors(signature.outputs);
  const outputs =
    named.length > 0
      ? named
      : ends.map(({ name }) => ({
          name: text(name),
          type: 'float32',
          shape: []
        }));
  const last = ends.length === 1 ? text(ends[0].op).toLowerCase() : '';
  const wanted = signatureTensors(signature.inputs);
  return {
    inputs: wanted.length > 0 ? wanted : placeholders,
    outputs,
    activation: last === 'softmax' || last === 'sigmoid' ? last : '',
    rescales: false
  };
}

/** Reads what a checked `model.json` says of itself; nothing of it is run. */
export function readTfjsFacts(json: Record<string, unknown>): ITfjsFacts {
  const topology = record(json.modelTopology);
  const config = record(topology.model_config ?? topology);
  const isLayers = 'class_name' in config;
  return {
    ...(isLayers ? layersFacts(config) : graphFacts(json)),
    producer: [text(json.generatedBy), text(json.convertedBy)]
      .filter(Boolean)
      .join(', ')
  };
}
