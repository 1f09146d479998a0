import { Writer } from 'protobufjs/minimal';

/** Field numbers are those of onnx.proto3. */
const GRAPH = 7;
const INITIALIZER = 5;
const INPUT = 11;
const OUTPUT = 12;
const NAME = 1;
const EXTERNAL_DATA = 13;

const message = (field: number, inner: Uint8Array): Uint8Array =>
  Writer.create().uint32(tag(field)).bytes(inner).finish();
const text = (field: number, value: string): Uint8Array =>
  Writer.create().uint32(tag(field)).string(value).finish();
const tag = (field: number): number => (field << 3) | 2;

/** An ONNX file with the built-in model's input and output whose weights lie in the file `location`. */
export function externalModel(location: string): Buffer {
  const entry = Buffer.concat([text(1, 'location'), text(2, location)]);
  const graph = [
    message(INITIALIZER, message(EXTERNAL_DATA, entry)),
    message(INPUT, text(NAME, 'pixel_values')),
    message(OUTPUT, text(NAME, 'logits'))
  ];
  return Buffer.from(message(GRAPH, Buffer.concat(graph)));
}
