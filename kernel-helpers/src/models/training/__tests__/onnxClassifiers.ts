import { bytesField, integerField, textField } from '../onnxFields';

export type Layer =
  | 'Gemm'
  | 'Gemm transB'
  | 'MatMul'
  | 'MatMul Add'
  | 'Softmax'
  | 'computed weights'
  | 'half floats'
  | 'nothing';

const FLOAT = 1;
const HALF = 10;
const INTEGER_ATTRIBUTE = 2;

const node = (
  opType: string,
  inputs: string[],
  output: string,
  attributes: Record<string, number> = {}
): Uint8Array =>
  bytesField(
    1,
    Buffer.concat([
      ...inputs.map(name => textField(1, name)),
      textField(2, output),
      textField(4, opType),
      ...Object.entries(attributes).map(([name, value]) =>
        bytesField(
          5,
          Buffer.concat([
            textField(1, name),
            integerField(3, value),
            integerField(20, INTEGER_ATTRIBUTE)
          ])
        )
      )
    ])
  );

const tensor = (
  name: string,
  dims: number[],
  dataType: number = FLOAT
): Uint8Array => {
  const count = dims.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: count }, (_, i) => i / count);
  return bytesField(
    5,
    Buffer.concat([
      ...dims.map(length => integerField(1, length)),
      integerField(2, dataType),
      textField(8, name),
      bytesField(9, new Uint8Array(values.buffer))
    ])
  );
};

const value = (field: number, name: string, dims: number[]): Uint8Array => {
  const shape = dims.map(length => bytesField(1, integerField(1, length)));
  const type = bytesField(
    1,
    Buffer.concat([integerField(1, FLOAT), bytesField(2, Buffer.concat(shape))])
  );
  return bytesField(
    field,
    Buffer.concat([textField(1, name), bytesField(2, type)])
  );
};

const LAYERS: Record<Layer, (width: number, classes: number) => Uint8Array[]> =
  {
    Gemm: (width, classes) => [
      node('Gemm', ['pooled', 'w', 'b'], 'logits'),
      tensor('w', [width, classes]),
      tensor('b', [classes])
    ],
    'Gemm transB': (width, classes) => [
      node('Gemm', ['pooled', 'w', 'b'], 'logits', { transB: 1 }),
      tensor('w', [classes, width]),
      tensor('b', [classes])
    ],
    MatMul: (width, classes) => [
      node('MatMul', ['pooled', 'w'], 'logits'),
      tensor('w', [width, classes])
    ],
    'MatMul Add': (width, classes) => [
      node('MatMul', ['pooled', 'w'], 'product'),
      node('Add', ['b', 'product'], 'logits'),
      tensor('w', [width, classes]),
      tensor('b', [classes]),
      value(13, 'product', [1, classes])
    ],
    Softmax: (width, classes) => [
      node('Gemm', ['pooled', 'w'], 'scores'),
      node('Softmax', ['scores'], 'logits'),
      tensor('w', [width, classes])
    ],
    'computed weights': width => [
      node('Identity', ['pooled'], 'w'),
      node('Gemm', ['pooled', 'w'], 'logits'),
      tensor('unused', [width])
    ],
    'half floats': (width, classes) => [
      node('Gemm', ['pooled', 'w'], 'logits'),
      tensor('w', [width, classes], HALF)
    ],
    nothing: () => [node('Identity', ['pooled'], 'something')]
  };

/** A small picture classifier whose features are the means of its channels, repeated. Field numbers are those of onnx.proto3. */
export function classifier(
  layer: Layer,
  { width, classes }: { width: number; classes: number }
): Buffer {
  const graph = Buffer.concat([
    node('GlobalAveragePool', ['pixel_values'], 'means'),
    node('Flatten', ['means'], 'flat'),
    node('MatMul', ['flat', 'spread'], 'pooled'),
    tensor('spread', [3, width]),
    ...LAYERS[layer](width, classes),
    textField(2, 'test'),
    value(11, 'pixel_values', [1, 3, 8, 8]),
    value(12, 'logits', [1, classes])
  ]);
  const opset = bytesField(8, integerField(2, 13));
  return Buffer.concat([integerField(1, 7), bytesField(7, graph), opset]);
}
