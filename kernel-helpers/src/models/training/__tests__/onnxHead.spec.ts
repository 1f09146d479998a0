import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readOnnxReferences } from '../../onnxReferences';
import { findHead, mergeHead, withFeatures } from '../onnxHead';
import { classifier, type Layer } from './onnxClassifiers';

const LITE0 = readFileSync(
  path.join(
    __dirname,
    '../../../../../jupyterlab_deep/modules/image-classifier/onnx/model.onnx'
  )
);

const head = (classes: number, width: number) => ({
  weights: new Float32Array(width * classes).fill(0.5),
  bias: new Float32Array(classes)
});

it('finds the last layer of the built-in classifier, and gives it another', () => {
  const found = findHead(LITE0);
  expect(found).toMatchObject({
    features: 'features',
    width: 1280,
    isOutput: true
  });
  const merged = mergeHead(LITE0, found, head(3, 1280));
  // The old weights, 1,000 classes of 1,280 numbers, are gone.
  expect(merged.length).toBeLessThan(LITE0.length - 1000 * 1280 * 4 + 100_000);
  expect(readOnnxReferences(merged).outputs.sort()).toEqual([
    'features',
    'logits'
  ]);
  // A retrained model can be retrained.
  const again = findHead(merged);
  expect(again).toMatchObject({ features: 'features', width: 1280 });
  const twice = mergeHead(merged, again, head(3, 1280));
  expect(twice.length).toBe(merged.length);
});

it.each<Layer>(['Gemm', 'Gemm transB', 'MatMul', 'MatMul Add'])(
  'finds a last layer that is %s, and gives the features out',
  layer => {
    const bytes = classifier(layer, { width: 6, classes: 4 });
    const found = findHead(bytes);
    expect(found).toMatchObject({ width: 6, isOutput: false });
    const open = withFeatures(bytes, found);
    expect(readOnnxReferences(open).outputs).toContain(found.features);
    const { outputs, inputs } = readOnnxReferences(
      mergeHead(bytes, found, head(2, 6))
    );
    expect(inputs).toEqual(['pixel_values']);
    expect(outputs.sort()).toEqual([found.features, 'logits'].sort());
  }
);

it.each<[Layer, RegExp]>([
  ['Softmax', /come out of Softmax/],
  ['half floats', /not 32-bit floats/],
  ['computed weights', /not in its file/],
  ['nothing', /nothing in it makes “logits”/]
])('says why a model with %s cannot be retrained', (layer, reason) => {
  expect(() => findHead(classifier(layer, { width: 6, classes: 4 }))).toThrow(
    reason
  );
});

it('refuses what is no model', () => {
  expect(() => findHead(Buffer.from('hello'))).toThrow();
});
