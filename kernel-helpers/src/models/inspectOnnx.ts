import { type ModelTensor } from '@jupyterlab-deep/protocol';
import { readOnnxReferences } from './onnxReferences';
import {
  fieldsOf,
  type IField,
  messagesIn,
  textsIn
} from './training/onnxFields';

/** Field numbers are those of onnx.proto3. */
const MODEL = {
  irVersion: 1,
  producer: 2,
  producerVersion: 3,
  graph: 7,
  opset: 8,
  metadata: 14
} as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { output: 2, opType: 4, attribute: 5, input: 1 } as const;
const ATTRIBUTE = { name: 1, integers: 8, texts: 9 } as const;
const TENSOR = { name: 8 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1, sequence: 4, map: 5, optional: 9 } as const;

/** TensorProto.DataType, by number. */
const DATA_TYPES = [
  'unknown',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16'
];

/** Of the nodes that convert class numbers to the names of scikit-learn's classes. */
const CLASS_NAMES = ['classlabels_strings', 'cats_strings'];
const CLASS_NUMBERS = ['classlabels_int64s', 'classlabels_ints'];

/** What an ONNX file says of itself. */
export interface IOnnxFacts {
  inputs: ModelTensor[];
  outputs: ModelTensor[];
  /** Of the operators of ONNX itself. */
  opset?: number;
  producer: string;
  metadata: Record<string, string>;
  /** Paths of files with weights, relative to its own folder. */
  externalData: {
    location: string;
    offsetBytes: number;
    lengthBytes: number;
  }[];
  /** The operation that makes each output, by the output's name. */
  madeBy: Map<string, string>;
  /** Operations that read the given input. */
  readBy: Map<string, string[]>;
  /** Names of classes that nodes have. */
  classNames?: string[];
}

const integerIn = (fields: IField[], number: number): number | undefined =>
  fields.find(field => field.number === number)?.integer;

/** TensorShapeProto: a dimension has a number, or a name for any number. */
const shapeOf = (fields: IField[]): (number | null)[] =>
  messagesIn(fields, 1).map(dimension => {
    const length = integerIn(dimension, 1);
    return length && length > 0 ? length : null;
  });

function typeOf(fields: IField[]): Pick<ModelTensor, 'type' | 'shape'> {
  const [tensor] = messagesIn(fields, TYPE.tensor);
  if (tensor) {
    const [shape = []] = messagesIn(tensor, 2);
    const type = DATA_TYPES[integerIn(tensor, 1) ?? 0] ?? 'unknown';
    return { type, shape: shapeOf(shape) };
  }
  const other = (['sequence', 'map', 'optional'] as const).find(name =>
    fields.some(({ number }) => number === TYPE[name])
  );
  return { type: other ?? 'unknown', shape: [] };
}

const valueOf = (fields: IField[]): ModelTensor => ({
  name: textsIn(fields, VALUE.name)[0] ?? '',
  ...typeOf(messagesIn(fields, VALUE.type)[0] ?? [])
});

interface INode {
  opType: string;
  inputs: string[];
  outputs: string[];
  attributes: IField[][];
}

const nodeOf = (fields: IField[]): INode => ({
  opType: textsIn(fields, NODE.opType)[0] ?? '',
  inputs: textsIn(fields, NODE.input),
  outputs: textsIn(fields, NODE.output),
  attributes: messagesIn(fields, NODE.attribute)
});

/** Whole numbers, one by one or packed together. */
function integersIn(attribute: IField[]): number[] {
  return attribute
    .filter(({ number }) => number === ATTRIBUTE.integers)
    .flatMap(({ integer, value }) => {
      if (integer !== undefined) {
        return [integer];
      }
      // A field of its own for each makes the reader of fields read a packed list too.
      return unpacked(value!);
    });
}

function unpacked(bytes: Uint8Array): number[] {
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

/** scikit-learn's classes, which its converter writes into the nodes that use them. */
function classNamesIn(nodes: INode[]): string[] | undefined {
  const attributes = nodes.flatMap(node => node.attributes);
  const named = (names: string[]) =>
    attributes.filter(each =>
      names.includes(textsIn(each, ATTRIBUTE.name)[0] ?? '')
    );
  const texts = named(CLASS_NAMES)
    .map(each => textsIn(each, ATTRIBUTE.texts))
    .find(({ length }) => length > 1);
  return (
    texts ??
    named(CLASS_NUMBERS)
      .map(each => integersIn(each).map(String))
      .find(({ length }) => length > 1)
  );
}

function readersOf(nodes: INode[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { inputs, opType } of nodes) {
    for (const input of inputs) {
      readers.set(input, [...(readers.get(input) ?? []), opType]);
    }
  }
  return readers;
}

/** Names that only pass a tensor on. */
const PASSING = ['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze'];

/** What makes a tensor, through nodes that only pass it on. */
function makerOf(nodes: INode[], tensor: string): string {
  let wanted = tensor;
  for (let steps = 0; steps < nodes.length; steps++) {
    const node = nodes.find(({ outputs }) => outputs.includes(wanted));
    if (!node || !PASSING.includes(node.opType)) {
      return node?.opType ?? '';
    }
    [wanted] = node.inputs;
  }
  return '';
}

/**
 * Reads what an ONNX file says of itself; nothing of it is run.
 * @throws RangeError and other errors of reading when the bytes are no ONNX model.
 */
export function readOnnxFacts(bytes: Uint8Array): IOnnxFacts {
  const { externalData } = readOnnxReferences(bytes);
  const model = fieldsOf(bytes);
  const graph = messagesIn(model, MODEL.graph).at(-1) ?? [];
  const weights = new Set(
    messagesIn(graph, GRAPH.initializer).map(
      fields => textsIn(fields, TENSOR.name)[0]
    )
  );
  const nodes = messagesIn(graph, GRAPH.node).map(nodeOf);
  const outputs = messagesIn(graph, GRAPH.output).map(valueOf);
  const opset = messagesIn(model, MODEL.opset).find(fields =>
    ['', 'ai.onnx'].includes(textsIn(fields, 1)[0] ?? '')
  );
  return {
    inputs: messagesIn(graph, GRAPH.input)
      .map(valueOf)
      .filter(({ name }) => !weights.has(name)),
    outputs,
    opset: opset && integerIn(opset, 2),
    producer: [
      ...textsIn(model, MODEL.producer).slice(0, 1),
      ...textsIn(model, MODEL.producerVersion).slice(0, 1)
    ]
      .join(' ')
      .trim(),
    metadata: Object.fromEntries(
      messagesIn(model, MODEL.metadata).map(fields => [
        textsIn(fields, 1)[0] ?? '',
        textsIn(fields, 2)[0] ?? ''
      ])
    ),
    externalData,
    madeBy: new Map(outputs.map(({ name }) => [name, makerOf(nodes, name)])),
    readBy: readersOf(nodes),
    classNames: classNamesIn(nodes)
  };
}
