import { DeepError } from '@jupyterlab-deep/protocol';
import {
  bytesField,
  fieldsOf,
  IField,
  integerField,
  messagesIn,
  textField,
  textsIn
} from './onnxFields';

/** Field numbers are those of onnx.proto3. */
const MODEL = { graph: 7 } as const;
const GRAPH = {
  node: 1,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13
} as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, integer: 3, graph: 6, graphs: 11 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const FLOAT = 1;

const WEIGHTS = 'head_weights';
const BIAS = 'head_bias';

/** The last layer of a classifier: what it reads, and the parts of the graph that are it. */
export interface IHead {
  /** Name of the tensor that it reads, [batch, width]. */
  features: string;
  width: number;
  /** The graph gives this tensor out already. */
  isOutput: boolean;
  /** Numbers of its nodes in the graph. */
  nodes: number[];
  /** Weights that nothing else uses. */
  initializers: string[];
  /** Tensors inside of it. */
  inner: string[];
}

interface INode {
  index: number;
  opType: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, number>;
  hasGraph: boolean;
}

const notTrainable = (detail: string): DeepError =>
  new DeepError(
    'module-not-implemented',
    `This model cannot be retrained: ${detail}.`,
    {
      hint: 'Models can be retrained whose last layer is linear (Gemm, or MatMul with Add) in 32-bit floats.'
    }
  );

function nodeOf(field: IField, index: number): INode {
  const fields = fieldsOf(field.value!);
  const attributes = messagesIn(fields, NODE.attribute);
  return {
    index,
    opType: textsIn(fields, NODE.opType)[0] ?? '',
    inputs: textsIn(fields, NODE.input),
    outputs: textsIn(fields, NODE.output),
    attributes: new Map(
      attributes.map(each => [
        textsIn(each, ATTRIBUTE.name)[0],
        each.find(({ number }) => number === ATTRIBUTE.integer)?.integer ?? 0
      ])
    ),
    hasGraph: attributes.some(each =>
      each.some(
        ({ number }) =>
          number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs
      )
    )
  };
}

/** Dimensions may be written one by one or packed together. */
function dimsOf(fields: IField[]): number[] {
  return fields
    .filter(({ number }) => number === TENSOR.dims)
    .flatMap(({ integer, value }) =>
      integer === undefined ? packed(value!) : [integer]
    );
}

function packed(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 128) {
      numbers.push(value);
      value = 0;
      factor = 1;
    }
  }
  return numbers;
}

const nameOfTensor = (field: IField): string =>
  textsIn(fieldsOf(field.value!), TENSOR.name)[0] ?? '';

const nameOfValue = (field: IField): string =>
  textsIn(fieldsOf(field.value!), VALUE_INFO.name)[0] ?? '';

/** A model file taken apart as far as its graph. */
class Graph {
  constructor(bytes: Uint8Array) {
    this.model = fieldsOf(bytes);
    const graph = this.model.find(({ number }) => number === MODEL.graph);
    if (!graph?.value) {
      throw notTrainable('its file holds no graph');
    }
    this.fields = fieldsOf(graph.value);
    this.nodes = this.all(GRAPH.node).map(nodeOf);
  }

  all(number: number): IField[] {
    return this.fields.filter(field => field.number === number);
  }

  names(number: number): string[] {
    return this.all(number).map(nameOfValue);
  }

  producerOf(tensor: string): INode | undefined {
    return this.nodes.find(({ outputs }) => outputs.includes(tensor));
  }

  weights(name: string): IField[] | undefined {
    const found = this.all(GRAPH.initializer).find(
      field => nameOfTensor(field) === name
    );
    return found && fieldsOf(found.value!);
  }

  /** The model again, with other fields in its graph. */
  written(graph: Uint8Array[]): Uint8Array {
    return Buffer.concat(
      this.model.map(field =>
        field.number === MODEL.graph
          ? bytesField(MODEL.graph, Buffer.concat(graph))
          : field.raw
      )
    );
  }

  readonly model: IField[];
  readonly fields: IField[];
  readonly nodes: INode[];
}

/** The nodes that make `logits` out of the features, last first. */
function lastLayer(graph: Graph, logits: string): [INode[], INode, string] {
  const last = graph.producerOf(logits);
  if (last?.opType === 'Gemm') {
    return [[last], last, last.inputs[1]];
  }
  if (last?.opType === 'Add') {
    const product = last.inputs
      .map(name => graph.producerOf(name))
      .find(node => node?.opType === 'MatMul');
    if (product) {
      return [[last, product], product, product.inputs[1]];
    }
  }
  if (last?.opType === 'MatMul') {
    return [[last], last, last.inputs[1]];
  }
  throw notTrainable(
    last
      ? `its “${logits}” come out of ${last.opType}, not of a linear layer`
      : `nothing in it makes “${logits}”`
  );
}

/**
 * Finds the linear layer that makes the `logits`.
 *
 * @param bytes - Of an ONNX file.
 * @throws DeepError `module-not-implemented`, which says why the model cannot be retrained.
 */
export function findHead(bytes: Uint8Array, logits = 'logits'): IHead {
  const graph = new Graph(bytes);
  const [layer, product, weightName] = lastLayer(graph, logits);
  const weights = graph.weights(weightName);
  if (!weights) {
    throw notTrainable('the weights of its last layer are not in its file');
  }
  const dataType = weights.find(({ number }) => number === TENSOR.dataType);
  if (dataType?.integer !== FLOAT) {
    throw notTrainable('its weights are not 32-bit floats');
  }
  if (product.attributes.get('transA')) {
    throw notTrainable('its last layer reads transposed features');
  }
  const dims = dimsOf(weights);
  if (dims.length !== 2) {
    throw notTrainable('the weights of its last layer are no matrix');
  }
  const [features] = product.inputs;
  return {
    features,
    width: product.attributes.get('transB') ? dims[1] : dims[0],
    isOutput: graph.names(GRAPH.output).includes(features),
    nodes: layer.map(({ index }) => index),
    initializers: ownWeights(graph, layer),
    inner: layer.flatMap(({ outputs }) => outputs)
  };
}

/** A graph inside of another may use any weight without saying so: then all are kept. */
function ownWeights(graph: Graph, layer: INode[]): string[] {
  if (graph.nodes.some(({ hasGraph }) => hasGraph)) {
    return [];
  }
  const others = graph.nodes.filter(node => !layer.includes(node));
  const used = new Set(others.flatMap(({ inputs }) => inputs));
  return layer
    .flatMap(({ inputs }) => inputs)
    .filter(name => !used.has(name) && graph.weights(name));
}

/** The same model, which also gives its features out. */
export function withFeatures(bytes: Uint8Array, head: IHead): Uint8Array {
  if (head.isOutput) {
    return bytes;
  }
  const graph = new Graph(bytes);
  const output = valueInfo(head.features, [
    dimension(undefined),
    dimension(head.width)
  ]);
  return graph.written([
    ...graph.fields.map(({ raw }) => raw),
    bytesField(GRAPH.output, output)
  ]);
}

/** A new last layer: `logits = features · weights + bias`. */
export interface INewHead {
  /** [width, classes], row by row. */
  weights: Float32Array;
  /** [classes] */
  bias: Float32Array;
}

/**
 * The model with another last layer, in one file. All that is not part of the layer stays byte for byte.
 *
 * @returns bytes of an ONNX file with the outputs `logits` [batch, classes] and the features.
 */
export function mergeHead(
  bytes: Uint8Array,
  head: IHead,
  { weights, bias }: INewHead,
  logits = 'logits'
): Uint8Array {
  const graph = new Graph(bytes);
  const kept: Uint8Array[] = [];
  let node = 0;
  for (const field of graph.fields) {
    if (field.number === GRAPH.node) {
      if (!head.nodes.includes(node++)) {
        kept.push(field.raw);
      }
    } else if (!isOfHead(field, head, logits)) {
      kept.push(field.raw);
    }
  }
  const classes = bias.length;
  const result = valueInfo(logits, [dimension(undefined), dimension(classes)]);
  const features = valueInfo(head.features, [
    dimension(undefined),
    dimension(head.width)
  ]);
  return graph.written([
    ...kept,
    // After all others: a graph is written in the order of its computation.
    bytesField(GRAPH.node, newNode(head.features, logits)),
    bytesField(
      GRAPH.initializer,
      floats(WEIGHTS, [head.width, classes], weights)
    ),
    bytesField(GRAPH.initializer, floats(BIAS, [classes], bias)),
    bytesField(GRAPH.output, result),
    ...(head.isOutput ? [] : [bytesField(GRAPH.output, features)])
  ]);
}

/** Weights, shapes and outputs that belong to the old layer. */
function isOfHead(field: IField, head: IHead, logits: string): boolean {
  switch (field.number) {
    case GRAPH.initializer:
      return [...head.initializers, WEIGHTS, BIAS].includes(
        nameOfTensor(field)
      );
    case GRAPH.input:
      // Old files name each of their weights as an input too.
      return head.initializers.includes(nameOfValue(field));
    case GRAPH.output:
      return nameOfValue(field) === logits;
    case GRAPH.valueInfo:
      return [...head.inner, logits].includes(nameOfValue(field));
    default:
      return false;
  }
}

const newNode = (features: string, logits: string): Uint8Array =>
  Buffer.concat([
    textField(NODE.input, features),
    textField(NODE.input, WEIGHTS),
    textField(NODE.input, BIAS),
    textField(NODE.output, logits),
    textField(NODE.name, 'retrained_head'),
    textField(NODE.opType, 'Gemm')
  ]);

const floats = (
  name: string,
  dims: number[],
  values: Float32Array
): Uint8Array =>
  Buffer.concat([
    ...dims.map(length => integerField(TENSOR.dims, length)),
    integerField(TENSOR.dataType, FLOAT),
    textField(TENSOR.name, name),
    bytesField(
      TENSOR.rawData,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    )
  ]);

/** TensorShapeProto.Dimension: a number, or a name for any number. */
const dimension = (length: number | undefined): Uint8Array =>
  bytesField(
    1,
    length === undefined ? textField(2, 'batch') : integerField(1, length)
  );

/** ValueInfoProto of a tensor of floats. */
function valueInfo(name: string, dims: Uint8Array[]): Uint8Array {
  const shape = bytesField(2, Buffer.concat(dims));
  const tensor = bytesField(1, Buffer.concat([integerField(1, FLOAT), shape]));
  return Buffer.concat([
    textField(VALUE_INFO.name, name),
    bytesField(VALUE_INFO.type, tensor)
  ]);
}
