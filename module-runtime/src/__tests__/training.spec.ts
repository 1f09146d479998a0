import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { MODEL, ROOT, Workplace } from './bundle';
import { ask, type IAnswer } from './client';
import { predictWith } from './upload';
import { ServerProcess, startRuntime, until } from './server';

jest.setTimeout(120_000);

const PEERS = path.join(ROOT, '.venv-peers/bin/python');
const itWithPeers = existsSync(PEERS) ? it : it.skip;
const suffix = existsSync(PEERS) ? '' : ' (skipped: .venv-peers is missing)';
const TRAIN = '/v2/models/image-classifier/train/';

const PICTURES: Record<string, string> = {
  cat: path.join(MODEL, 'examples/cat.jpg'),
  coffee: path.join(MODEL, 'examples/coffee.jpg')
};

let workplace: Workplace;
let models: string;
let server: ServerProcess;

const at = (...parts: string[]): string =>
  path.join(workplace.folder, ...parts);

/** Parts of real photographs, in a folder for each class. */
async function makeData(name: string, each: number): Promise<string> {
  for (const [label, file] of Object.entries(PICTURES)) {
    mkdirSync(at(name, label), { recursive: true });
    const { width, height } = await sharp(file).metadata();
    for (let index = 0; index < each; index++) {
      const size = Math.floor(Math.min(width, height) * 0.7);
      const left = Math.floor(((width - size) * index) / each);
      const top = Math.floor(((height - size) * ((index * 7) % each)) / each);
      await sharp(file)
        .extract({ left, top, width: size, height: size })
        .resize(256, 256)
        .jpeg()
        .toFile(at(name, label, `${index}.jpg`));
    }
  }
  return at(name);
}

const start = (values: Record<string, unknown>): Promise<IAnswer> =>
  ask(server.address, { method: 'POST', path: TRAIN, body: values });

async function ended(uuid: string): Promise<IAnswer['json']> {
  let last: IAnswer | undefined;
  await until(
    async () => {
      last = await ask(server.address, { path: TRAIN + uuid });
      return last.status !== 200 || last.json.status !== 'running';
    },
    'a training that ended',
    60_000
  );
  return last!.json;
}

async function train(
  values: Record<string, unknown>
): Promise<IAnswer['json']> {
  const { status, json, text } = await start(values);
  expect([status, text]).toEqual([200, expect.stringContaining('running')]);
  return ended(json.uuid);
}

interface IEvent {
  id: number;
  event: string;
  phase?: string;
  done?: number;
  step?: number;
  text?: string;
}

/** Under the name that `predictWith` asks. */
const served = (model: string): { model: string; more: string[] } => ({
  model,
  more: ['--name', 'image-classifier']
});

/** All events of a training until it ends. */
async function eventsOf(uuid: string, after?: number): Promise<IEvent[]> {
  const query = after === undefined ? '' : `?after=${after}`;
  const { text } = await ask(server.address, {
    path: `${TRAIN}${uuid}/events${query}`
  });
  return text
    .split('\n')
    .filter(line => line.startsWith('data: '))
    .map(line => JSON.parse(line.slice(6)));
}

beforeAll(async () => {
  workplace = new Workplace();
  models = at('models');
  await makeData('pets', 20);
  server = await startRuntime(workplace, 'training', {
    more: ['--models-folder', models, '--cache-folder', at('cache')]
  }).ready();
});

afterAll(async () => {
  await server?.stop();
  workplace.remove();
});

afterEach(() => {
  // Nothing half-made is ever left.
  const names = existsSync(models) ? readdirSync(models) : [];
  expect(names.filter(name => name.startsWith('.'))).toEqual([]);
});

it('shows the arguments of its training', async () => {
  const { json } = await ask(server.address, { path: '/swagger.json' });
  const { parameters } = json.paths[TRAIN].post;
  expect(parameters[0]).toMatchObject({
    name: 'data',
    required: true,
    type: 'string'
  });
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['epochs', 'learning_rate', 'patience'])
  );
});

describe('a model that was retrained on real pictures', () => {
  let done: IAnswer['json'];
  let folder: string;

  beforeAll(async () => {
    done = await train({ data: at('pets'), epochs: 8 });
    folder = done.result.output.model.folder;
  });

  it('is told as DEEPaaS tells it', () => {
    expect(done).toMatchObject({
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 'done',
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      args: { data: at('pets'), epochs: 8, learning_rate: 0.001 },
      result: { duration: expect.stringMatching(/^0:\d\d:\d\d\.\d{6}$/) }
    });
    const { metrics, history, confusion, data, environment } =
      done.result.output;
    expect(metrics.val_accuracy).toBe(1);
    expect(history).toHaveLength(metrics.epochs);
    expect(confusion).toMatchObject({
      labels: ['cat', 'coffee'],
      rows: [
        [4, 0],
        [0, 4]
      ]
    });
    expect(data).toMatchObject({ pictures: 40, leftOutCount: 0, changed: 0 });
    expect(environment.head).toMatch(/^tfjs-/);
  });

  it('lies in a folder of its own, with its record and its parent', () => {
    expect(folder).toBe(path.join(models, 'pets'));
    const read = (name: string): IAnswer['json'] =>
      JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    expect(read('config.json').id2label).toEqual({ 0: 'cat', 1: 'coffee' });
    expect(read('module.json')).toMatchObject({
      name: 'pets',
      license: 'Apache-2.0',
      parent: { name: 'image-classifier', version: '1.0.0' }
    });
    expect(read('training.json')).toMatchObject({
      arguments: { epochs: 8 },
      data: { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      metrics: { val_accuracy: 1 }
    });
  });

  it('is served as any other, and finds its classes', async () => {
    const own = await startRuntime(workplace, 'own', served(folder)).ready();
    try {
      for (const [label, file] of Object.entries(PICTURES)) {
        const { json } = await predictWith(own, readFileSync(file));
        expect(json.predictions.labels[0]).toBe(label);
        expect(json.predictions.probabilities[0]).toBeGreaterThan(0.9);
      }
    } finally {
      await own.stop();
    }
  });

  itWithPeers(
    `gives the same answers in Python's onnxruntime${suffix}`,
    async () => {
      const pictures = [0, 7, 13].flatMap(index =>
        Object.keys(PICTURES).map(label => at('pets', label, `${index}.jpg`))
      );
      const script = [
        'import json, sys, lite0_module',
        'classifier = lite0_module.Classifier()',
        'print(json.dumps([classifier.classify(path, 2) for path in sys.argv[1:]]))'
      ].join('\n');
      const theirs = JSON.parse(
        execFileSync(PEERS, ['-c', script, ...pictures], {
          encoding: 'utf8',
          env: {
            ...process.env,
            LITE0_MODEL: folder,
            ORT_DISABLE_TELEMETRY: '1'
          }
        })
      );
      const own = await startRuntime(workplace, 'same', served(folder)).ready();
      try {
        for (const [index, file] of pictures.entries()) {
          const { json } = await predictWith(own, readFileSync(file));
          expect(json.predictions.labels).toEqual(theirs[index].labels);
          json.predictions.probabilities.forEach((value: number, k: number) =>
            expect(
              Math.abs(value - theirs[index].probabilities[k])
            ).toBeLessThan(0.02)
          );
        }
      } finally {
        await own.stop();
      }
    }
  );

  it('told its progress and its numbers as it went, and tells the rest to whoever was cut off', async () => {
    const events = await eventsOf(done.uuid);
    const steps = events.filter(({ event }) => event === 'metrics');
    expect(steps.map(({ step }) => step)).toEqual(
      done.result.output.history.map((_: unknown, index: number) => index + 1)
    );
    expect(events.map(({ phase }) => phase).filter(Boolean)).toEqual(
      expect.arrayContaining(['reading', 'learning', 'saving'])
    );
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      training: { status: 'done' }
    });
    const middle = events[Math.floor(events.length / 2)].id;
    expect(await eventsOf(done.uuid, middle)).toEqual(
      events.filter(({ id }) => id > middle)
    );
    expect(server.stdout).toContain(`"training":"${done.uuid}","step":1,`);
  });

  it('can be repeated without reading the pictures again, under another name, with the same outcome', async () => {
    const again = await train({ data: at('pets'), epochs: 8 });
    const { output } = again.result;
    expect(output.cachedFeatures).toBe(40);
    expect(output.model.name).toBe('pets-2');
    expect(output.data.fingerprint).toBe(done.result.output.data.fingerprint);
    expect(output.history).toEqual(done.result.output.history);
  });

  it('can be retrained itself', async () => {
    const own = await startRuntime(workplace, 'child', {
      model: folder,
      more: ['--models-folder', models, '--cache-folder', at('cache')]
    }).ready();
    try {
      const path_ = '/v2/models/pets/train/';
      const { json } = await ask(own.address, {
        method: 'POST',
        path: path_,
        body: { data: at('pets'), epochs: 2, name: 'child' }
      });
      await until(
        async () =>
          (await ask(own.address, { path: path_ + json.uuid })).json.status ===
          'done',
        'a retrained child'
      );
    } finally {
      await own.stop();
    }
  });
});

it.each([
  ['no data', {}, { data: ['Missing data for required field.'] }],
  [
    'a path that is not there',
    { data: '/nowhere/pictures' },
    { data: [expect.stringContaining('ENOENT')] }
  ],
  [
    'a path of the caller',
    { data: 'pictures' },
    { data: [expect.stringContaining('absolute')] }
  ],
  [
    'epochs below one',
    { data: '/tmp', epochs: 0 },
    { epochs: [expect.stringContaining('Must be')] }
  ]
])('refuses %s before anything begins', async (_what, values, fields) => {
  const { status, json } = await start(values);
  expect([status, json]).toEqual([422, fields]);
});

describe('data that do not fit', () => {
  const fails = async (
    values: Record<string, unknown>
  ): Promise<IAnswer['json']> => {
    const json = await train(values);
    expect(json.status).toBe('error');
    return json;
  };

  it.each<[string, () => void, RegExp]>([
    ['nothing in it', () => undefined, /no class with pictures/],
    [
      'one class',
      () => copy('cat/0.jpg', 'cat/1.jpg'),
      /one class only, “cat”/
    ],
    [
      'two pictures in all',
      () => copy('cat/0.jpg', 'coffee/0.jpg'),
      /one picture only.*Each class needs two/
    ]
  ])('say so: %s', async (name, make, message) => {
    mkdirSync(at('odd'), { recursive: true });
    make();
    expect((await fails({ data: at('odd') })).message).toMatch(message);
    rmSync(at('odd'), { recursive: true });
    expect(name).toBeTruthy();
  });

  const copy = (...names: string[]): void => {
    for (const name of names) {
      mkdirSync(path.dirname(at('odd', name)), { recursive: true });
      copyFileSync(at('pets', name), at('odd', name));
    }
  };

  it('leaves out an empty class and unreadable pictures, and says which', async () => {
    await makeData('some', 6);
    mkdirSync(at('some/dog'));
    writeFileSync(at('some/cat/broken.jpg'), 'no picture');
    const { result } = await train({ data: at('some'), epochs: 1 });
    expect(result.output.data.leftOut).toEqual([
      { name: 'dog', reason: 'The class has no pictures.' },
      { name: 'cat/broken.jpg', reason: expect.any(String) }
    ]);
    expect(result.output.confusion.labels).toEqual(['cat', 'coffee']);
    const { message } = await fails({ data: at('some'), max_unreadable: 0.05 });
    expect(message).toMatch(/1 pictures could not be read; at most 0/);
  });

  it('read a list, and say which of its lines do not fit', async () => {
    const lines = Object.keys(PICTURES).flatMap(label =>
      [0, 1, 2, 3].map(index => `${label}/${index}.jpg;${label}s`)
    );
    writeFileSync(
      at('pets/list.csv'),
      ['filename;class', ...lines, '../away.jpg;cats', lines[0]].join('\n')
    );
    const { result } = await train({ data: at('pets/list.csv'), epochs: 1 });
    expect(result.output.confusion.labels).toEqual(['cats', 'coffees']);
    expect(result.output.data.pictures).toBe(8);
    expect(result.output.data.leftOut).toEqual([
      { name: '../away.jpg', reason: 'It lies outside of the data.' },
      { name: 'cat/0.jpg', reason: 'It is listed twice.' }
    ]);
    writeFileSync(at('pets/list.json'), '[{"file": "cat/0.jpg"}]');
    const { message } = await fails({ data: at('pets/list.json') });
    expect(message).toMatch(/none of the columns label, class/);
  });

  it('end with the reason when the loss is no number any more', async () => {
    const json = await fails({
      data: at('pets'),
      learning_rate: 1e38,
      name: 'wild'
    });
    expect(json.message).toMatch(/diverged.*smaller learning rate/);
    expect(existsSync(path.join(models, 'wild'))).toBe(false);
  });

  it('make no numbers of a network that gives none', async () => {
    const model = workplace.copyModel('endless');
    const file = path.join(model, 'preprocessor_config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...config, image_std: [0, 0, 0] }));
    const own = await startRuntime(workplace, 'endless', {
      model,
      more: ['--models-folder', models, '--cache-folder', at('cache')]
    }).ready();
    try {
      const where = '/v2/models/endless/train/';
      const body = { data: at('pets') };
      const request = { method: 'POST', path: where, body };
      const { json } = await ask(own.address, request);
      await until(async () => {
        const now = await ask(own.address, { path: where + json.uuid });
        return /is no number/.test(now.json.message);
      }, 'a failure in words');
    } finally {
      await own.stop();
    }
  });

  it('go away while they are read', async () => {
    await makeData('going', 60);
    const { json } = await start({ data: at('going'), name: 'gone' });
    const [request] = [
      http.get({
        ...server.address,
        path: `${TRAIN}${json.uuid}/events`
      })
    ];
    const [response] = await once(request, 'response');
    for await (const chunk of response as http.IncomingMessage) {
      if (/"phase":"reading","done":(?!0,)/.test(String(chunk))) {
        break;
      }
    }
    renameSync(at('going'), at('gone'));
    const { message } = await ended(json.uuid);
    expect(message).toMatch(/went away.*still connected/);
    expect(existsSync(path.join(models, 'gone'))).toBe(false);
  });
});

describe('a training that is cancelled', () => {
  it.each(['reading', 'learning', 'saving'])(
    'stops in the phase of %s, and leaves nothing',
    async phase => {
      await makeData(`cancel-${phase}`, 30);
      const { json } = await start({
        data: at(`cancel-${phase}`),
        epochs: phase === 'saving' ? 20 : 500,
        batch_size: phase === 'saving' ? 32 : 1,
        patience: 0,
        name: 'cancelled'
      });
      const request = http.get({
        ...server.address,
        path: `${TRAIN}${json.uuid}/events`
      });
      const [response] = await once(request, 'response');
      for await (const chunk of response as http.IncomingMessage) {
        if (String(chunk).includes(`"phase":"${phase}"`)) {
          break;
        }
      }
      const where = TRAIN + json.uuid;
      const { status } = await ask(server.address, {
        method: 'DELETE',
        path: where
      });
      expect(status).toBe(200);
      expect((await ask(server.address, { path: where })).status).toBe(404);
      expect(existsSync(path.join(models, 'cancelled'))).toBe(false);
    }
  );

  it('does not stop the next one, which waits, nor predictions beside it', async () => {
    const first = await start({
      data: at('pets'),
      epochs: 1000,
      patience: 0,
      batch_size: 1
    });
    const second = await start({ data: at('pets'), epochs: 1, name: 'second' });
    const picture = readFileSync(PICTURES.cat);
    expect((await predictWith(server, picture)).status).toBe(200);
    const list = await ask(server.address, { path: TRAIN });
    expect(list.json.map(({ uuid }: { uuid: string }) => uuid)).toEqual(
      expect.arrayContaining([first.json.uuid, second.json.uuid])
    );
    await ask(server.address, {
      method: 'DELETE',
      path: TRAIN + first.json.uuid
    });
    expect((await ended(second.json.uuid)).status).toBe('done');
  });
});

const mount = (folder: string, size: string): void => {
  const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'deep', folder];
  execFileSync('mount', options, { stdio: 'ignore' });
};

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), 'dm-'));
  try {
    mount(folder, '1m');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const whenMountable = canMount() ? describe : describe.skip;

whenMountable('a full disk (needs the right to mount a tmpfs)', () => {
  let running: ServerProcess;

  beforeAll(async () => {
    mkdirSync(at('full'));
    // Room for one model of 14 MB, and not for two.
    mount(at('full'), '24m');
    running = server;
    server = await startRuntime(workplace, 'full', {
      more: ['--models-folder', at('full'), '--cache-folder', at('cache')]
    }).ready();
  });

  afterAll(async () => {
    await server.stop();
    server = running;
    execFileSync('umount', [at('full')]);
  });

  it('ends a training in words while it saves, and the model that was there is untouched', async () => {
    const first = await train({ data: at('pets'), epochs: 2, name: 'kept' });
    expect(first.status).toBe('done');
    const file = at('full', 'kept', 'onnx/model.onnx');
    const before = readFileSync(file);
    const second = await train({ data: at('pets'), epochs: 2, name: 'new' });
    expect(second.status).toBe('error');
    expect(second.message).toContain('There is no room for the new model');
    expect(second.problem.type).toBe('urn:jupyterlab-deep:no-space');
    expect(readdirSync(at('full'))).toEqual(['kept']);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

it('ends in the middle of a training without a trace when it is killed, and the next one trains', async () => {
  const other = await startRuntime(workplace, 'killed', {
    more: ['--models-folder', models, '--cache-folder', at('cache')]
  }).ready();
  await makeData('kill', 40);
  const body = { data: at('kill'), epochs: 3, name: 'killed' };
  await ask(other.address, { method: 'POST', path: TRAIN, body });
  await until(() => existsSync(at('cache')), 'a cache');
  await new Promise(resolve => setTimeout(resolve, 300));
  other.child.kill('SIGKILL');
  await other.ended;
  expect(existsSync(path.join(models, 'killed'))).toBe(false);
  const { result } = await train(body);
  expect(result.output.model.name).toBe('killed');
});
