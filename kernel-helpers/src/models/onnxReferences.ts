import { Reader } from 'protobufjs/minimal';

/** A file beside the model that holds some of its weights. */
export interface IExternalData {
  location: string;
  offsetBytes: number;
  lengthBytes: number;
}

/** What a model file says before it is loaded. */
export interface IOnnxReferences {
  inputs: string[];
  outputs: string[];
  externalData: IExternalData[];
}

type Visit = (reader: Reader) => void;

/** Calls the visitor of each field that has one, skips all others. */
function eachField(
  reader: Reader,
  end: number,
  visitors: Record<number, Visit>
): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const visit = visitors[tag >>> 3];
    if (visit) {
      visit(reader);
    } else {
      reader.skipType(tag & 7);
    }
  }
}

const message =
  (visitors: Record<number, Visit>): Visit =>
  reader => {
    const size = reader.uint32();
    const end = reader.pos + size;
    if (end > reader.len) {
      throw new RangeError('the file ends in the middle of a message');
    }
    eachField(reader, end, visitors);
  };

function readExternalData(entries: Map<string, string>): IExternalData {
  return {
    location: entries.get('location') ?? '',
    offsetBytes: Number(entries.get('offset') ?? 0),
    lengthBytes: Number(entries.get('length') ?? 0)
  };
}

/**
 * Names of the graph's inputs and outputs, and all files that it refers to, sub-graphs and functions included.
 * Field numbers are those of onnx.proto3. Throws when the bytes are no protobuf message or hold no graph.
 */
export function readOnnxReferences(bytes: Uint8Array): IOnnxReferences {
  const found: IOnnxReferences = { inputs: [], outputs: [], externalData: [] };
  const weights = new Set<string>();
  let graphs = 0;

  const tensorOf =
    (names: Set<string>): Visit =>
    reader => {
      const entries = new Map<string, string>();
      const entry: Visit = inner => {
        let key = '';
        message({
          1: field => void (key = field.string()),
          2: field => void entries.set(key, field.string())
        })(inner);
      };
      message({ 8: inner => void names.add(inner.string()), 13: entry })(
        reader
      );
      if (entries.size > 0) {
        found.externalData.push(readExternalData(entries));
      }
    };
  const tensor = tensorOf(new Set());
  const sparse: Visit = message({ 1: tensor, 2: tensor });
  const graph = (top: boolean): Visit => {
    const named = (names: string[]): Visit =>
      message({ 1: reader => void names.push(reader.string()) });
    const inputsAndOutputs: Record<number, Visit> = top
      ? { 11: named(found.inputs), 12: named(found.outputs) }
      : {};
    return message({
      1: node,
      5: top ? tensorOf(weights) : tensor,
      15: sparse,
      ...inputsAndOutputs
    });
  };
  const attribute: Visit = reader =>
    message({
      5: tensor,
      6: graph(false),
      10: tensor,
      11: graph(false),
      22: sparse,
      23: sparse
    })(reader);
  const node: Visit = message({ 5: attribute });
  const topGraph: Visit = reader => {
    graphs += 1;
    graph(true)(reader);
  };

  const reader = Reader.create(bytes);
  eachField(reader, reader.len, { 7: topGraph, 25: message({ 7: node }) });
  if (graphs === 0) {
    throw new RangeError('it holds no graph');
  }
  // Old files name each of their weights as an input too.
  found.inputs = found.inputs.filter(name => !weights.has(name));
  return found;
}
