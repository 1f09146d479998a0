import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import * as tf from '@tensorflow/tfjs';
import { models, modules } from '@jupyterlab-deep/kernel-helpers';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { buildWorkers, makeModels, PYTHON } from './modelsHere';

jest.setTimeout(120_000);
// Otherwise it recommends its other packages on the console.
tf.enableProdMode();

/** A Python with scikit-learn and skl2onnx, which the environments of tests need not have. */
const SKLEARN =
  process.env.DEEP_SKLEARN_PYTHON ?? path.join(ROOT, '.venv-peers/bin/python');

function hasSkl2onnx(): boolean {
  try {
    execFileSync(SKLEARN, ['-c', 'import skl2onnx, sklearn, jupyter_core'], {
      stdio: 'ignore'
    });
    return true;
  } catch {
    return false;
  }
}

/** What an example in docs/models.md says in this language, from a heading on. */
function documented(heading: string): string {
  const text = readFileSync(path.join(ROOT, 'docs/models.md'), 'utf8');
  const [, section] = text.split(`### ${heading}\n`);
  const [, code] = /```python\n([\s\S]*?)```/.exec(section)!;
  return code;
}

describe('A model of a notebook', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let work: string;
  const before = { cwd: process.cwd(), env: { ...process.env } };

  beforeAll(async () => {
    bundles = new Bundles();
    buildWorkers();
    home = new TestHome();
    mkdirSync(home.modules);
    work = path.join(home.folder, 'work');
    makeModels(path.join(work, 'made'));
    for (const name of ['red', 'blue']) {
      await sharp({
        create: { width: 9, height: 9, channels: 3, background: name }
      })
        .png()
        .toFile(path.join(work, `${name}.png`));
    }
    service = await ServiceProcess.start(bundles.service, home);
    Object.assign(process.env, home.env);
    process.chdir(work);
  });

  afterAll(async () => {
    process.chdir(before.cwd);
    process.env = before.env;
    await service.stop();
    bundles.remove();
    home.remove();
  });

  const python = (code: string, program = PYTHON): string =>
    execFileSync(program, ['-c', code], {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, ...home.env, PYTHONPATH: ROOT }
    });

  const labels = ['red', 'green', 'blue'];

  it('is looked at in a cell, and says what is missing', async () => {
    const found = await models.inspect('made/torch.onnx');
    expect(found).toMatchObject({
      classes: 3,
      questions: ['preparation', 'labels']
    });
    await expect(models.save('made/torch.onnx', 'x')).rejects.toMatchObject({
      key: 'invalid-arguments',
      detail: 'Name its 3 classes, in the order of the network.'
    });
    await expect(
      models.save('made/none.onnx', 'x', { labels })
    ).rejects.toMatchObject({ key: 'not-found' });
    await expect(
      models.save({} as Uint8Array, 'x', { labels })
    ).rejects.toMatchObject({ key: 'invalid-arguments' });
  });

  it('of an ONNX file or its bytes is a module that opens by its id', async () => {
    const mine = await models.save('made/torch.onnx', 'colours', {
      labels,
      preparation: 'zero-one',
      example: 'red.png'
    });
    expect([mine.id, mine.version]).toEqual(['mine/colours', '1.0.0']);
    const m = await modules.open(mine);
    expect((await m.predict({ image: 'blue.png' })).top?.label).toBe('blue');
    const bytes = readFileSync('made/softmax.onnx');
    await expect(models.save(bytes, 'colours')).rejects.toMatchObject({
      key: 'conflict'
    });
    const next = await models.save(bytes, 'colours', {
      labels: ['rot', 'grün', 'blau'],
      preparation: 'zero-one',
      replace: true
    });
    expect(next.version).toBe('1.1.0');
    const again = await next.open();
    expect((await again.predict({ image: 'blue.png' })).top?.label).toBe(
      'blau'
    );
    await next.remove();
    await expect(modules.open(next)).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('of TensorFlow.js, learnt in the notebook, is a module', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 2, activation: 'softmax' })
      ]
    });
    model.compile({
      optimizer: tf.train.adam(0.2),
      loss: 'categoricalCrossentropy'
    });
    const rows = tf.randomUniform([200, 2], -1, 1, 'float32', 7);
    const first = rows.slice([0, 0], [-1, 1]).greater(rows.slice([0, 1]));
    const classes = tf.oneHot(first.cast('int32').reshape([-1]), 2);
    await model.fit(rows, classes, { epochs: 30, verbose: 0 });
    const mine = await models.save(model, 'Seiten & Längen', {
      labels: ['right', 'left'],
      columns: ['left side', 'right side'],
      example: { left_side: 0.9, right_side: -0.5 }
    });
    expect([mine.name, mine.task, mine.title]).toEqual([
      'Seiten-Langen',
      'tabular-classification',
      'Seiten & Längen'
    ]);
    const m = await mine.open();
    const answer = await m.predict({ left_side: 0.9, right_side: -0.5 });
    expect(answer.top?.label).toBe('left');
    await expect(mine.writePython('project')).rejects.toMatchObject({
      key: 'module-not-implemented'
    });
    model.dispose();
  });

  it('becomes a Python project beside the notebook', async () => {
    const mine = await models.save('made/torch.onnx', 'project', {
      labels,
      preparation: 'zero-one'
    });
    const { files, package: name } = await mine.writePython('projects/one');
    expect(name).toBe('project');
    expect(files).toContain('project/model/model.onnx');
    expect(existsSync(path.join(work, 'projects/one/pyproject.toml'))).toBe(
      true
    );
  });

  it('is saved from Python by the standard library alone', () => {
    const said = python(`
import json
from jupyterlab_deep import client, models
found = models.inspect("made/softmax.onnx")
print(json.dumps(found["questions"]))
print(repr(found).splitlines()[0])
mine = models.save("made/torch.onnx", "from-python", labels=["red", "green", "blue"], preparation="zero-one")
print(mine.id, mine["version"])
print(client.open(mine).predict(image="blue.png").labels[0])
with open("made/table.onnx", "rb") as file:
    table = models.save(file.read(), "table", labels=["up", "down"], columns=["a", "b"], example={"a": 1, "b": 2})
print(table.open().predict(a=3, b=1).labels[0])
for wrong in (lambda: models.save("made/torch.onnx", "from-python", labels=["a", "b", "c"]), lambda: models.save(7, "x")):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error.key)
table.remove()
`);
    expect(said.trim().split('\n')).toEqual([
      '["preparation"]',
      'softmax: image-classification',
      'mine/from-python 1.0.0',
      'blue',
      'up',
      'DeepError conflict',
      'DeepError invalid-arguments'
    ]);
  });

  (hasSkl2onnx() ? it : it.skip)(
    'of scikit-learn is exported and saved by the lines of the documentation (needs skl2onnx: DEEP_SKLEARN_PYTHON)',
    () => {
      const said = python(
        `${documented('scikit-learn')}
from jupyterlab_deep import client
answer = client.open(mine).predict(**dict(zip(names, map(float, X.iloc[60] if hasattr(X, "iloc") else X[60]))))
print(answer.labels[0], str(targets[int(model.predict(X[60:61])[0])]), answer.probabilities[0] > 0.5)
`,
        SKLEARN
      );
      const [found, expected, isSure] = said
        .trim()
        .split('\n')
        .at(-1)!
        .split(' ');
      expect(found).toBe(expected);
      expect(isSure).toBe('True');
    }
  );
});
