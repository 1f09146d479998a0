import { DeepError } from '@jupyterlab-deep/protocol';
import { Type } from '@sinclair/typebox';
import { readFile } from 'node:fs/promises';
import { checkedFile, checkedReference } from './checkedFile';
import { parseModelFile } from './manifest';

/** A description of a network can have thousands of layers; its weights are not in it. */
const MAX_TOPOLOGY_BYTES = 64 * 1024 ** 2;

/** The part of `model.json` that is checked before TensorFlow.js reads it. */
export const TfjsModel = Type.Object({
  format: Type.Optional(
    Type.Union([
      Type.Literal('graph-model'),
      Type.Literal('layers-model'),
      Type.Null()
    ])
  ),
  modelTopology: Type.Object({}),
  weightsManifest: Type.Array(
    Type.Object({
      paths: Type.Array(Type.String({ minLength: 1 })),
      weights: Type.Array(
        Type.Object({
          name: Type.String(),
          dtype: Type.String(),
          shape: Type.Array(Type.Integer({ minimum: 0 })),
          quantization: Type.Optional(Type.Object({ dtype: Type.String() }))
        })
      )
    })
  )
});

const BYTES: Record<string, number> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1
};

/** Bytes that the manifest says all weights of a group take; undefined where texts are among them. */
function declaredBytes(
  weights: {
    dtype: string;
    shape: number[];
    quantization?: { dtype: string };
  }[]
): number | undefined {
  let total = 0;
  for (const { dtype, shape, quantization } of weights) {
    const each = BYTES[quantization?.dtype ?? dtype];
    if (each === undefined) {
      return undefined;
    }
    total += shape.reduce((a, b) => a * b, each);
  }
  return total;
}

export interface ITfjsFiles {
  modelPath: string;
  weightPaths: string[];
  sizeBytes: number;
}

/**
 * The files of a TensorFlow.js model, all checked to lie inside its folder and to be as long as `model.json` says.
 * @throws DeepError `model-invalid`
 */
export async function checkTfjsModel(root: string): Promise<ITfjsFiles> {
  const file = await checkedFile(root, 'model.json', MAX_TOPOLOGY_BYTES);
  const text = await readFile(file.path, 'utf8');
  const { weightsManifest } = parseModelFile(TfjsModel, text, 'model.json');
  const weightPaths: string[] = [];
  let sizeBytes = file.sizeBytes;
  for (const { paths, weights } of weightsManifest) {
    let present = 0;
    for (const location of paths) {
      const shard = await checkedReference(root, '', location, 'model.json');
      weightPaths.push(shard.path);
      present += shard.sizeBytes;
    }
    const declared = declaredBytes(weights);
    if (declared !== undefined && declared !== present) {
      throw new DeepError(
        'model-invalid',
        `${paths.join(', ')} have ${present} bytes; model.json says ${declared}: they may be damaged.`,
        { hint: 'Get the model folder again.' }
      );
    }
    sizeBytes += present;
  }
  return { modelPath: file.path, weightPaths, sizeBytes };
}
