import * as tf from '@tensorflow/tfjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

// Otherwise it recommends its other packages on the console.
tf.enableProdMode();

const SIDE = 8;

/** A small network over pictures of 8 × 8, saved as TensorFlow.js saves it; its classes are bright and dark. */
export async function saveLayersModel(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [SIDE, SIDE, 3] }),
      tf.layers.dense({
        units: 2,
        activation: 'softmax',
        weights: [
          tf.tensor2d([
            [4, -4],
            [4, -4],
            [4, -4]
          ]),
          tf.zeros([2])
        ]
      })
    ]
  });
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = Buffer.from(weightData as ArrayBuffer);
      // Two files, as converters split large ones.
      writeFileSync(
        path.join(folder, 'group1-shard1of2.bin'),
        bytes.subarray(0, 10)
      );
      writeFileSync(
        path.join(folder, 'group1-shard2of2.bin'),
        bytes.subarray(10)
      );
      const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
      writeJson(folder, 'model.json', {
        format: 'layers-model',
        modelTopology,
        weightsManifest: [{ paths, weights: weightSpecs }]
      });
      return {
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' }
      };
    }
  });
  model.dispose();
  writePictureConfigs(folder);
}

export function writeJson(folder: string, name: string, value: object): void {
  writeFileSync(path.join(folder, name), JSON.stringify(value));
}

function writePictureConfigs(folder: string): void {
  writeJson(folder, 'module.json', {
    name: 'brightness',
    version: '1.0.0',
    task: 'image-classification'
  });
  writeJson(folder, 'config.json', { id2label: { 0: 'bright', 1: 'dark' } });
  writeJson(folder, 'preprocessor_config.json', {
    size: { width: SIDE, height: SIDE },
    resample: 2,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5]
  });
}

const node = (
  name: string,
  op: string,
  input: string[] = [],
  attr: object = {}
) => ({
  name,
  op,
  input,
  attr: { T: { type: 'DT_FLOAT' }, dtype: { type: 'DT_FLOAT' }, ...attr }
});

/**
 * A graph model as tensorflowjs_converter writes it, over two columns of a table.
 * @param activation - Operation of TensorFlow that makes logits to the output.
 */
export function saveGraphModel(folder: string, activation = 'Softmax'): void {
  mkdirSync(folder, { recursive: true });
  const shape = { shape: { dim: [{ size: '-1' }, { size: '2' }] } };
  // Of an Einsum; others do not look at it.
  const equation = {
    equation: { s: Buffer.from('ab->ba').toString('base64') }
  };
  const transposes = { transpose_a: { b: false }, transpose_b: { b: false } };
  const modelTopology = {
    node: [
      node('x', 'Placeholder', [], { shape }),
      node('weights', 'Const'),
      node('product', 'MatMul', ['x', 'weights'], transposes),
      node('answer', activation, ['product'], equation)
    ],
    versions: {}
  };
  const weights = [{ name: 'weights', shape: [2, 2], dtype: 'float32' }];
  const numbers = Float32Array.of(1, -1, 2, -2);
  writeFileSync(path.join(folder, 'weights.bin'), Buffer.from(numbers.buffer));
  writeJson(folder, 'model.json', {
    format: 'graph-model',
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights }]
  });
  const features = [{ name: 'a' }, { name: 'b' }];
  writeJson(folder, 'module.json', {
    name: 'sides',
    task: 'tabular-classification',
    features
  });
  writeJson(folder, 'config.json', { id2label: { 0: 'up', 1: 'down' } });
}

/** A stand-in for tfjs-node: TensorFlow.js itself, loaded as that package is, which CI cannot install. */
export function installStandIn(
  folder: string,
  name: 'tfjs-node' | 'tfjs-node-gpu',
  body: string
): void {
  const place = path.join(folder, 'node_modules/@tensorflow', name);
  mkdirSync(place, { recursive: true });
  writeJson(place, 'package.json', {
    name: `@tensorflow/${name}`,
    main: 'i.js'
  });
  const real = path.resolve(
    __dirname,
    '../../../../node_modules/@tensorflow/tfjs'
  );
  writeFileSync(
    path.join(place, 'i.js'),
    `const tf = require(${JSON.stringify(real)});\ntf.enableProdMode();\n${body}`
  );
}
