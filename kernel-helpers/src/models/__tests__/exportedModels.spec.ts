import { type ModelSettings } from '@jupyterlab-deep/protocol';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { checkSettings, inspectModel, loadModel, openModelFolder } from '..';
import { type IClassification } from '../imageClassification';
import { namedPreparation } from '../pictureSettings';
import { type ITableRow } from '../tabular';
import { makeModels, writeFolder } from './madeModels';
import { readHead } from '../training';
import { buildWorkers, CAT, LITE0, PYTHON, Scratch } from './surroundings';

jest.setTimeout(60_000);

const NAMES = ['red', 'green', 'blue'];

describe('A file of an exporter, made a model folder', () => {
  const scratch = new Scratch();
  const made = scratch.file('made');
  let count = 0;

  beforeAll(async () => {
    buildWorkers();
    makeModels(made);
    const plain = (background: string) =>
      sharp({
        create: { width: 20, height: 12, channels: 3, background }
      }).png();
    for (const name of [...NAMES, 'white', 'black']) {
      await plain(name === 'green' ? '#00ff00' : name).toFile(picture(name));
    }
  });
  afterAll(() => scratch.remove());

  const picture = (name: string): string => scratch.file(`${name}.png`);

  /** Asks the folder as its file proposes it, with some things said differently. */
  async function ask(
    name: string,
    args: Record<string, unknown>,
    change: (settings: ModelSettings) => Partial<ModelSettings>
  ): Promise<unknown> {
    const found = await inspectModel(path.join(made, `${name}.onnx`));
    const proposal = found.inspection.proposal!;
    const settings = { ...proposal, ...change(proposal) };
    checkSettings(found.inspection, settings);
    const folder = writeFolder(
      scratch.file(`folder${count++}`),
      found,
      settings
    );
    const model = await loadModel(folder, { workers: 1 });
    try {
      return await model.predict(args);
    } finally {
      await model.release();
    }
  }

  const zeroToOne = (channels: 'RGB' | 'BGR' = 'RGB') => ({
    labels: NAMES,
    preparation: {
      ...namedPreparation('zero-one', { width: 8, height: 8 }),
      channels
    }
  });

  it.each([
    'torch',
    'softmax',
    'keras',
    'anySize',
    'single',
    'external/colours'
  ])(
    'answers whatever its tensors are called, and however they lie: %s',
    async name => {
      for (const label of NAMES) {
        const answer = (await ask(name, { image: picture(label) }, () =>
          zeroToOne()
        )) as IClassification;
        expect(answer.labels[0]).toBe(label);
        expect(answer.probabilities[0]).toBeGreaterThan(0.99);
        const total = answer.probabilities.reduce((a, b) => a + b, 0);
        expect(total).toBeCloseTo(1, 5);
      }
    }
  );

  it('sees blue as red when it was trained on channels in the other order', async () => {
    const answer = (await ask('torch', { image: picture('blue') }, () =>
      zeroToOne('BGR')
    )) as IClassification;
    expect(answer.labels[0]).toBe('red');
  });

  it('takes grey pictures, and answers with one probability for two classes', async () => {
    const about = () => ({ labels: ['dark', 'bright'] });
    const white = (await ask(
      'binary',
      { image: picture('white') },
      about
    )) as IClassification;
    expect(white.predictions[0]).toMatchObject({ label: 'bright', index: 1 });
    expect(white.predictions[0].probability).toBeCloseTo(1, 3);
    const green = (await ask(
      'binary',
      { image: picture('green') },
      about
    )) as IClassification;
    // 0.587 of white, by Pillow's weights of colours.
    const expected = 1 / (1 + Math.exp(-(20 * (150 / 255) - 10)));
    expect(green.predictions[0].probability).toBeCloseTo(expected, 3);
  });

  it.each(['table', 'double', 'oneRow', 'namedClasses'])(
    'answers rows and tables, in numbers of its own type: %s',
    async name => {
      const about = () => ({
        labels: ['up', 'down'],
        columns: [{ name: 'left side (cm)' }, { name: 'table' }]
      });
      const one = (await ask(
        name,
        { left_side_cm: 3, table_2: 1 },
        about
      )) as IClassification;
      expect(one.labels[0]).toBe('up');
      const csv = scratch.file('rows.csv');
      writeFileSync(csv, 'table;left side (cm)\n1;3\n5;2\n');
      const rows = (await ask(name, { table: csv }, about)) as ITableRow[];
      expect(rows.map(({ label }) => label)).toEqual(['up', 'down']);
    }
  );

  it('that gives a number answers with it', async () => {
    const about = () => ({ columns: [{ name: 'a' }, { name: 'b' }] });
    expect(await ask('number', { a: 5, b: 3 }, about)).toEqual({ value: 2 });
  });

  it.each<[string, string, Partial<ModelSettings>, string]>([
    [
      'labels',
      'torch',
      { labels: ['a', 'b'] },
      'tells 3 classes apart; 2 names'
    ],
    ['labels', 'torch', { labels: undefined }, 'Name its 3 classes'],
    [
      'columns',
      'table',
      { columns: [{ name: 'a' }] },
      'takes 2 columns; 1 name'
    ],
    [
      'columns',
      'number',
      { columns: [{ name: 'a' }, { name: 'a' }] },
      'Two columns'
    ],
    [
      'network',
      'torch',
      { network: { input: 'x' } },
      'no input x; it has image'
    ],
    [
      'preparation',
      'torch',
      {
        preparation: namedPreparation('imagenet', { width: 224, height: 224 })
      },
      'pictures of 8 × 8 pixels, not of 224 × 224'
    ],
    [
      'preparation',
      'torch',
      {
        preparation: namedPreparation('zero-one', { width: 8, height: 8 }, true)
      },
      'pictures in colour'
    ]
  ])(
    'is refused for %s that do not fit %s',
    async (field, name, said, words) => {
      const usual =
        name === 'torch' ? { labels: NAMES } : { labels: ['a', 'b'] };
      const other = name === 'number' ? {} : usual;
      await expect(
        ask(name, {}, () => ({ ...other, ...said }))
      ).rejects.toMatchObject({
        key: 'invalid-arguments',
        fields: { [field]: [expect.stringContaining(words)] }
      });
    }
  );

  (existsSync(path.join(LITE0, 'onnx/model.onnx')) ? it : it.skip)(
    'answers as before when the built-in classifier has other names, and can be retrained (needs it built)',
    async () => {
      const file = scratch.file('renamed.onnx');
      const original = path.join(LITE0, 'onnx/model.onnx');
      execFileSync(PYTHON, ['-c', RENAME, original, file]);
      const found = await inspectModel(file);
      expect(found.inspection).toMatchObject({
        classes: 1000,
        proposal: {
          network: { input: 'input.1', output: 'logits.out', gives: 'logits' }
        },
        questions: ['output', 'preparation', 'labels']
      });
      const { proposal } = (await inspectModel(original)).inspection;
      const { network } = found.inspection.proposal!;
      const settings = { ...proposal!, network };
      const folder = writeFolder(scratch.file('renamed'), found, settings);
      const [ours, before] = await Promise.all(
        [folder, LITE0].map(each => loadModel(each, { workers: 1 }))
      );
      try {
        const args = { image: CAT, top_k: 5 };
        expect(await ours.predict(args)).toEqual(await before.predict(args));
      } finally {
        await Promise.all([ours.release(), before.release()]);
      }
      const { head } = await readHead(await openModelFolder(folder));
      expect(head.width).toBe(1280);
    }
  );
});

/** The tensors at both ends of a model get names as exporters give them. */
const RENAME = `
import sys, onnx
model = onnx.load(sys.argv[1])
names = {"pixel_values": "input.1", "logits": "logits.out"}
for value in [*model.graph.input, *model.graph.output]:
    value.name = names.get(value.name, value.name)
for node in model.graph.node:
    node.input[:] = [names.get(name, name) for name in node.input]
    node.output[:] = [names.get(name, name) for name in node.output]
onnx.save(model, sys.argv[2])
`;
