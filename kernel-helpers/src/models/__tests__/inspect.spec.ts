import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import * as path from 'node:path';
import { type ModelInspection } from '@jupyterlab-deep/protocol';
import { inspectModel } from '../inspectModel';
import { makeModels } from './madeModels';
import { buildWorkers, LITE0, MODULES, Scratch } from './surroundings';
import { saveGraphModel, saveLayersModel, writeJson } from './tfjsModels';

jest.setTimeout(60_000);

describe('A model file', () => {
  const scratch = new Scratch();
  const made = scratch.file('made');

  beforeAll(() => {
    buildWorkers();
    makeModels(made);
  });
  afterAll(() => scratch.remove());

  const look = async (file: string): Promise<ModelInspection> =>
    (await inspectModel(path.resolve(made, file))).inspection;

  const refusal = (file: string): Promise<Error> =>
    inspectModel(path.resolve(made, file)).then(
      () => new Error('it was read'),
      error => error
    );

  it('of PyTorch says its tensors, and that its labels and preparation are not in it', async () => {
    expect(await look('torch.onnx')).toMatchObject({
      format: 'onnx',
      name: 'torch',
      inputs: [{ name: 'image', type: 'float32', shape: [null, 3, 8, 8] }],
      outputs: [{ name: 'answer', type: 'float32', shape: [null, 3] }],
      opset: 17,
      producer: 'pytorch 2.4.0',
      classes: 3,
      proposal: {
        task: 'image-classification',
        network: {
          input: 'image',
          output: 'answer',
          layout: 'NCHW',
          gives: 'logits'
        },
        preparation: { width: 8, height: 8, mean: [0.485, 0.456, 0.406] }
      },
      questions: ['preparation', 'labels']
    });
  });

  it('tells what is certain from what is guessed', async () => {
    const { findings } = await look('torch.onnx');
    expect(findings).toContainEqual({
      text: 'It takes pictures and tells 3 classes apart.',
      isCertain: true
    });
    expect(findings.filter(({ isCertain }) => !isCertain)).toEqual([
      {
        text: expect.stringContaining('mean and deviation of ImageNet'),
        isCertain: false
      }
    ]);
  });

  it('with a softmax at its end and names in its notes needs no labels', async () => {
    const { proposal, questions, metadata } = await look('softmax.onnx');
    expect(proposal).toMatchObject({
      network: { gives: 'probabilities' },
      labels: ['red', 'green', 'blue']
    });
    expect(metadata).toHaveProperty('names');
    expect(questions).toEqual(['preparation']);
  });

  it('of Keras has its channels last', async () => {
    expect((await look('keras.onnx')).proposal).toMatchObject({
      network: { layout: 'NHWC', gives: 'probabilities' },
      preparation: { width: 8, height: 8, mean: [0.5, 0.5, 0.5] }
    });
  });

  it('for pictures of any size asks for one', async () => {
    const { proposal, questions } = await look('anySize.onnx');
    expect(proposal?.preparation).toMatchObject({ width: 224, height: 224 });
    expect(questions).toContain('size');
  });

  it('with one probability tells two classes apart', async () => {
    const { proposal, classes } = await look('binary.onnx');
    expect(classes).toBe(2);
    expect(proposal).toMatchObject({
      network: { gives: 'probability' },
      preparation: { channels: 'grey', mean: [0], std: [1] }
    });
  });

  it('over rows of numbers is one of a table', async () => {
    expect(await look('table.onnx')).toMatchObject({
      width: 2,
      classes: 2,
      proposal: { task: 'tabular-classification' },
      questions: ['columns', 'labels']
    });
    expect(await look('number.onnx')).toMatchObject({
      width: 2,
      proposal: { task: 'tabular-regression', network: { output: 'variable' } },
      questions: ['columns']
    });
  });

  it('of scikit-learn brings the names of its classes', async () => {
    expect(await look('namedClasses.onnx')).toMatchObject({
      proposal: {
        labels: ['up', 'down'],
        network: { output: 'probabilities', gives: 'probabilities' }
      },
      questions: ['columns']
    });
  });

  it('with a ZipMap is refused with the line that cures it', async () => {
    const { problem, proposal } = await look('zipMap.onnx');
    expect(proposal).toBeUndefined();
    expect(problem).toMatchObject({
      detail: expect.stringContaining('ZipMap'),
      hint: expect.stringContaining("options={'zipmap': False}")
    });
  });

  it.each([
    ['detector.onnx', /no list of classes/],
    ['fourChannels.onnx', /pictures of 4 channels/],
    ['twoInputs.onnx', /has 2 inputs/]
  ])('that cannot be a module says why: %s', async (file, detail) => {
    const { problem, inputs } = await look(file);
    expect(problem).toMatchObject({ detail: expect.stringMatching(detail) });
    expect(inputs.length).toBeGreaterThan(0);
  });

  it('takes the weights along that lie beside it', async () => {
    const { files, inspection } = await inspectModel(
      path.join(made, 'external/colours.onnx')
    );
    expect(Object.keys(files)).toEqual([
      'onnx/model.onnx',
      'onnx/colours.onnx.data'
    ]);
    expect(inspection.files).toEqual(['colours.onnx', 'colours.onnx.data']);
  });

  it('is refused when its weights lie outside of its folder', async () => {
    const folder = path.join(made, 'led-outside');
    mkdirSync(folder);
    copyFileSync(
      path.join(made, 'external/colours.onnx'),
      path.join(folder, 'colours.onnx')
    );
    expect(await refusal('led-outside/colours.onnx')).toMatchObject({
      key: 'model-invalid',
      message: expect.stringContaining('has no colours.onnx.data')
    });
    symlinkSync(
      path.join(made, 'external/colours.onnx.data'),
      path.join(folder, 'colours.onnx.data')
    );
    expect((await refusal('led-outside/colours.onnx')).message).toContain(
      'leads outside'
    );
    const bytes = readFileSync(path.join(folder, 'colours.onnx'));
    const changed = bytes
      .toString('latin1')
      .replaceAll('colours.onnx.data', '../../etc/passwd.');
    writeFileSync(path.join(folder, 'up.onnx'), changed, 'latin1');
    expect((await refusal('led-outside/up.onnx')).message).toContain(
      'refers to "../../etc/passwd."'
    );
  });

  it('that is damaged, empty, or something else is refused in words', async () => {
    const copy = scratch.file('cut.onnx');
    copyFileSync(path.join(LITE0, 'onnx/model.onnx'), copy);
    truncateSync(copy, 1_000_000);
    expect((await refusal(copy)).message).toContain('cut.onnx is not an ONNX');
    writeFileSync(scratch.file('empty.onnx'), '');
    expect((await refusal(scratch.file('empty.onnx'))).message).toContain(
      'is empty'
    );
    writeFileSync(scratch.file('page.onnx'), '<html>not found</html>');
    expect(await refusal(scratch.file('page.onnx'))).toMatchObject({
      key: 'model-invalid',
      hint: expect.stringContaining('docs/models.md')
    });
    expect(await refusal(scratch.file('none.onnx'))).toMatchObject({
      key: 'not-found'
    });
  });

  it.each([
    ['chance', (bytes: Buffer) => crypto.getRandomValues(bytes)],
    ['noughts', (bytes: Buffer) => bytes],
    ['fields', (bytes: Buffer) => bytes.fill(0x08)]
  ])('of 50 MB of %s is refused, and holds nobody up', async (_, fill) => {
    const file = scratch.file('nonsense.onnx');
    const piece = Buffer.alloc(50_000);
    const pieces = Array.from({ length: 1000 }, () => Buffer.from(fill(piece)));
    writeFileSync(file, Buffer.concat(pieces));
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const error = await refusal(file);
    clearInterval(ticking);
    expect(error).toMatchObject({ key: 'model-invalid' });
    expect(longest).toBeLessThan(1000);
  });

  it('in a folder of Hugging Face’s layout brings labels and preparation along', async () => {
    const { proposal, questions, name, classes } = await look(
      path.join(LITE0, 'onnx/model.onnx')
    );
    expect([name, classes, questions]).toEqual(['image-classifier', 1000, []]);
    expect(proposal?.labels).toHaveLength(1000);
    expect(proposal?.preparation).toMatchObject({
      width: 224,
      fit: 'squeeze',
      filter: 'bicubic',
      channels: 'RGB',
      mean: expect.arrayContaining([127 / 255])
    });
    const folder = await look(path.join(MODULES, 'penguin-species'));
    expect(folder).toMatchObject({
      width: 4,
      proposal: { labels: ['Adelie', 'Chinstrap', 'Gentoo'] }
    });
  });

  it('has the labels of a file beside it, when there are as many as classes', async () => {
    const folder = scratch.file('beside');
    mkdirSync(folder);
    copyFileSync(
      path.join(made, 'torch.onnx'),
      path.join(folder, 'model.onnx')
    );
    writeFileSync(path.join(folder, 'labels.txt'), '0 red\n1 green\n2 blue\n');
    const found = await look(path.join(folder, 'model.onnx'));
    expect([found.name, found.proposal?.labels]).toEqual([
      'beside',
      ['red', 'green', 'blue']
    ]);
    writeFileSync(path.join(folder, 'labels.txt'), 'red\ngreen\n');
    const { findings, proposal } = await look(path.join(folder, 'model.onnx'));
    expect(proposal?.labels).toBeUndefined();
    expect(findings.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('labels.txt names 2 classes')
    );
  });

  it('of TensorFlow.js is read from its description', async () => {
    const layers = scratch.file('layers');
    await saveLayersModel(layers);
    expect(await look(path.join(layers, 'model.json'))).toMatchObject({
      format: 'tfjs',
      name: 'layers',
      classes: 2,
      inputs: [{ shape: [null, 8, 8, 3] }],
      files: ['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'],
      proposal: {
        task: 'image-classification',
        network: { layout: 'NHWC', gives: 'probabilities' },
        labels: ['bright', 'dark']
      },
      questions: []
    });
    const graph = scratch.file('graph');
    saveGraphModel(graph);
    expect(await look(graph)).toMatchObject({
      width: 2,
      proposal: {
        task: 'tabular-classification',
        network: { gives: 'probabilities' }
      }
    });
    writeFileSync(path.join(layers, 'group1-shard2of2.bin'), 'short');
    expect((await refusal(layers)).message).toContain('may be damaged');
    writeJson(layers, 'model.json', { modelTopology: {}, weightsManifest: 1 });
    expect((await refusal(layers)).message).toContain('model.json');
  });

  it('in a SavedModel is refused: its graph is a program', async () => {
    const folder = scratch.file('saved');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'saved_model.pb'), 'x');
    expect(await refusal(folder)).toMatchObject({
      hint: expect.stringContaining('tf2onnx')
    });
  });
});
