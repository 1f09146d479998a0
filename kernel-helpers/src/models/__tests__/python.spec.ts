import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type IClassification, type IModel, loadModel } from '..';
import { buildWorkers, CAT, COFFEE, LITE0, Scratch } from './surroundings';

jest.setTimeout(60_000);

const PEERS = path.resolve(__dirname, '../../../../.venv-peers/bin/python');
const hasPeers = existsSync(PEERS);
const compared = hasPeers ? describe : describe.skip;
const suffix = hasPeers ? '' : ' (skipped: .venv-peers is missing)';

/** What may differ: decoders round colours differently. */
const TOLERANCE = 0.02;

/** The module that the benchmarks compare with: Pillow's resizing and Python's onnxruntime. */
const SCRIPT = [
  'import json, sys, lite0_module',
  'classifier = lite0_module.Classifier()',
  'print(json.dumps([classifier.classify(path, 5) for path in sys.argv[1:]]))'
].join('\n');

const byPython = (pictures: string[]): IClassification[] =>
  JSON.parse(
    execFileSync(PEERS, ['-c', SCRIPT, ...pictures], {
      encoding: 'utf8',
      env: { ...process.env, LITE0_MODEL: LITE0, ORT_DISABLE_TELEMETRY: '1' }
    })
  );

compared(`Python's onnxruntime and ours${suffix}`, () => {
  const scratch = new Scratch();
  let model: IModel;
  let pictures: string[];
  let expected: IClassification[];

  beforeAll(async () => {
    buildWorkers();
    model = await loadModel(LITE0);
    const copies: [string, Sharp][] = [
      ['small.png', sharp(CAT).resize(64)],
      ['wide.png', sharp(COFFEE).resize(900, 200, { fit: 'fill' })],
      ['exact.png', sharp(CAT).resize(224, 224)],
      ['grey.jpg', sharp(COFFEE).greyscale()]
    ];
    for (const [name, picture] of copies) {
      await picture.toFile(scratch.file(name));
    }
    const made = copies.map(([name]) => scratch.file(name));
    pictures = [CAT, COFFEE, ...made];
    expected = byPython(pictures);
  });

  afterAll(async () => {
    await model?.release();
    scratch.remove();
  });

  it.each([
    ['a photograph', 0],
    ['another photograph', 1],
    ['a picture smaller than the input', 2],
    ['a picture that is squeezed', 3],
    ['a picture that needs no resizing', 4],
    ['a grey picture', 5]
  ])('name the same five classes for %s', async (_what, index) => {
    const theirs = expected[index];
    const all = (await model.predict({
      image: pictures[index],
      top_k: 1000
    })) as IClassification;
    const ours = new Map(all.predictions.map(one => [one.index, one]));
    expect(all.labels[0]).toBe(theirs.labels[0]);
    for (const { index: number, label, probability } of theirs.predictions) {
      expect(ours.get(number)!.label).toBe(label);
      const difference = ours.get(number)!.probability - probability;
      expect(Math.abs(difference)).toBeLessThan(TOLERANCE);
    }
  });
});
