import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import { once } from 'node:events';
import { AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import sharp from 'sharp';
import { ModelRequest, ModelSettings, Run } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import {
  CAT,
  COFFEE,
  COLOURS,
  hasLite0,
  LITE0,
  makeModels,
  PEERS
} from './modelsHere';

jest.setTimeout(120_000);

const hasPeers = existsSync(PEERS);
const compared = hasPeers ? describe : describe.skip;
/** What a module answers: classes of a picture or row, or a row each of a table. */
interface IAnswered {
  labels: string[];
  predictions: { label: string; probability: number; index: number }[];
}
interface IAnsweredRow {
  row: number;
  label: string;
  probability: number;
}
/** Each test knows which of the two it gets. */
type Answered = IAnswered & IAnsweredRow[];

/** Decoders round colours differently. */
const TOLERANCE = 0.02;

/** An installed project is a folder on Python's path with its entry points beside: what pip would make of it. */
function install(project: string, packageName: string): string {
  const site = path.join(project, '..', 'site');
  const info = path.join(site, `${packageName}-1.0.0.dist-info`);
  mkdirSync(info, { recursive: true });
  const toml = readFileSync(path.join(project, 'pyproject.toml'), 'utf8');
  const [, entry] = /\[project\.entry-points\.[^\]]*\]\n(.*)\n/.exec(toml)!;
  writeFileSync(
    path.join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${packageName}\nVersion: 1.0.0\n`
  );
  writeFileSync(
    path.join(info, 'entry_points.txt'),
    `[deepaas.v2.model]\n${entry.replaceAll('"', '')}\n`
  );
  return site;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

compared('A generated Python module under real DEEPaaS', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let made: string;
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    bundles = new Bundles();
    home = new TestHome();
    mkdirSync(home.modules);
    made = path.join(home.folder, 'made');
    makeModels(made);
    service = await ServiceProcess.start(bundles.service, home);
  });
  afterAll(async () => {
    await service.stop();
    bundles.remove();
    home.remove();
  });
  afterEach(async () => {
    if (running) {
      const ended = once(running, 'exit');
      process.kill(-running.pid!, 'SIGKILL');
      await ended;
      running = undefined;
    }
  });

  async function save(name: string, request: object): Promise<void> {
    const { status, text } = await service.post('/models', {
      name,
      ...request
    });
    expect([status, text]).toEqual([201, expect.anything()]);
  }

  /** Writes the project of a model, and serves it. */
  async function serve(
    name: string
  ): Promise<(form: FormData) => Promise<Answered>> {
    const project = path.join(home.folder, 'projects', name, 'project');
    const { status, json } = await service.post(`/models/${name}/python`, {
      folder: { from: 'path', path: project }
    });
    expect([status, json.folder]).toEqual([201, project]);
    const site = install(project, json.package);
    const port = await freePort();
    const env = { ...process.env, PYTHONPATH: `${project}:${site}` };
    execFileSync(PEERS, ['-c', RUN_TESTS], { cwd: project, env });
    running = spawn(
      path.join(path.dirname(PEERS), 'deepaas-run'),
      [
        `--model-name=${json.package}`,
        '--listen-ip=127.0.0.1',
        `--listen-port=${port}`
      ],
      { cwd: home.folder, env, detached: true, stdio: 'ignore' }
    );
    const base = `http://127.0.0.1:${port}/v2/models/${json.package}`;
    await until(() =>
      fetch(`${base}/`).then(
        ({ ok }) => ok,
        () => false
      )
    );
    return async body => {
      const reply = await fetch(`${base}/predict/`, {
        method: 'POST',
        body,
        headers: { accept: 'application/json' }
      });
      const text = await reply.text();
      expect([reply.status, text]).toEqual([200, expect.anything()]);
      return JSON.parse(text).predictions;
    };
  }

  async function ours(
    module: string,
    args: object,
    files: object
  ): Promise<Answered> {
    const begun = await service.post('/inference/predictions', {
      module: `mine/${module}`,
      arguments: args,
      files
    });
    const run = await until(async () => {
      const now: Run = (await service.get(`/runs/${begun.json.id}`)).json;
      return now.endedAt ? now : undefined;
    });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    return (await service.get(`/runs/${run.id}/result`)).json;
  }

  const picture = (file: string, args: Record<string, unknown> = {}) => {
    const form = new FormData();
    form.append('image', new Blob([readFileSync(file)]), path.basename(file));
    Object.entries(args).forEach(([key, value]) =>
      form.append(key, String(value))
    );
    return form;
  };

  const inspected = async (file: string): Promise<ModelSettings> =>
    (
      await service.post('/models/inspections', {
        file: { from: 'path', path: file }
      })
    ).json.proposal;

  /** The classes that are told with some certainty are the same, and as likely. */
  function expectSame(theirs: IAnswered, mine: IAnswered): void {
    expect(theirs.labels[0]).toBe(mine.labels[0]);
    const byIndex = new Map<number, number>(
      theirs.predictions.map(each => [each.index, each.probability])
    );
    for (const { index, probability } of mine.predictions) {
      const difference = (byIndex.get(index) ?? 0) - probability;
      expect(Math.abs(difference)).toBeLessThan(TOLERANCE);
    }
  }

  (hasLite0 ? it : it.skip)(
    'names the same classes of photographs as we do (needs the built image classifier)',
    async () => {
      const model = path.join(LITE0, 'onnx/model.onnx');
      await save('lite0', {
        file: { from: 'path', path: model },
        settings: await inspected(model),
        example: { file: { from: 'path', path: CAT } }
      });
      const predict = await serve('lite0');
      for (const file of [CAT, COFFEE]) {
        const image = { image: { from: 'path', path: file } };
        expectSame(
          await predict(picture(file, { top_k: 1000 })),
          await ours('lite0', { top_k: 5 }, image)
        );
      }
      const few = await predict(picture(CAT, { top_k: 2 }));
      expect(few.labels).toHaveLength(2);
    }
  );

  it('prepares pictures with the channels last, cropped, in the other order, and grey, as we do', async () => {
    const photo = path.join(home.folder, 'photo.png');
    await sharp(COFFEE).resize(64, 40).png().toFile(photo);
    const cropped: ModelSettings = {
      ...COLOURS,
      network: {
        input: 'image',
        output: 'answer',
        layout: 'NHWC',
        gives: 'probabilities'
      },
      preparation: {
        ...COLOURS.preparation!,
        fit: 'crop',
        edge: 10,
        filter: 'bicubic',
        channels: 'BGR',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225]
      }
    };
    const grey: ModelSettings = {
      ...COLOURS,
      network: {
        input: 'image',
        output: 'answer',
        layout: 'NCHW',
        gives: 'probability'
      },
      labels: ['dark', 'bright'],
      preparation: {
        ...COLOURS.preparation!,
        channels: 'grey',
        mean: [0],
        std: [1]
      }
    };
    for (const [name, file, settings] of [
      ['cropped', 'keras.onnx', cropped],
      ['grey', 'binary.onnx', grey]
    ] as const) {
      await save(name, {
        file: { from: 'path', path: path.join(made, file) },
        settings,
        example: { file: { from: 'path', path: photo } }
      });
      const predict = await serve(name);
      const image = { image: { from: 'path', path: photo } };
      expectSame(await predict(picture(photo)), await ours(name, {}, image));
      process.kill(-running!.pid!, 'SIGKILL');
      await once(running!, 'exit');
      running = undefined;
    }
  });

  it('answers rows and tables as we do', async () => {
    const columns = [{ name: 'left side' }, { name: 'right' }];
    await save('sides', {
      file: { from: 'path', path: path.join(made, 'oneRow.onnx') },
      settings: {
        ...(await inspected(path.join(made, 'oneRow.onnx'))),
        labels: ['up', 'down'],
        columns
      } satisfies ModelRequest['settings'],
      example: { values: { left_side: 2, right: 1 } }
    });
    const csv = path.join(home.folder, 'rows.csv');
    writeFileSync(csv, 'right;left side\n1;3,5\n7;2\n');
    const predict = await serve('sides');
    const table = new FormData();
    table.append('table', new Blob([readFileSync(csv)]), 'rows.csv');
    const mine = await ours(
      'sides',
      {},
      { table: { from: 'path', path: csv } }
    );
    const theirs = await predict(table);
    expect(theirs.map(({ label }) => label)).toEqual(['up', 'down']);
    expect(theirs).toEqual(
      mine.map(row => ({
        ...row,
        probability: expect.closeTo(row.probability, 5)
      }))
    );
    const row = new FormData();
    row.append('left_side', '1');
    row.append('right', '4');
    expectSame(
      await predict(row),
      await ours('sides', { left_side: 1, right: 4 }, {})
    );
  });

  it('takes weights along that lie in a file of their own', async () => {
    const file = path.join(made, 'external/colours.onnx');
    const photo = path.join(home.folder, 'cat.png');
    await sharp(CAT).resize(32, 32).png().toFile(photo);
    await save('apart', {
      file: { from: 'path', path: file },
      settings: COLOURS,
      example: { file: { from: 'path', path: photo } }
    });
    const predict = await serve('apart');
    const image = { image: { from: 'path', path: photo } };
    expectSame(await predict(picture(photo)), await ours('apart', {}, image));
  });

  it('is not written over what is there, nor for a model that Python cannot run', async () => {
    const busy = path.join(home.folder, 'busy');
    mkdirSync(busy);
    copyFileSync(CAT, path.join(busy, 'mine.jpg'));
    await save('torch', {
      file: { from: 'path', path: path.join(made, 'torch.onnx') },
      settings: COLOURS
    });
    const write = (name: string, folder: string) =>
      service.post(`/models/${name}/python`, {
        folder: { from: 'path', path: folder }
      });
    expect((await write('torch', busy)).status).toBe(409);
    expect((await write('none', path.join(busy, 'x'))).status).toBe(404);
    const page = await service.ask({
      method: 'POST',
      path: '/models/torch/python',
      headers: { 'x-deep-client': 'jupyter:1' },
      body: { folder: { from: 'path', path: path.join(busy, 'x') } }
    });
    expect(page.status).toBe(403);
  });
});

/** The project's own tests, without pytest, which is not in every environment. */
const RUN_TESTS = [
  'import runpy, sys',
  'from pathlib import Path',
  'if Path("tests").exists():',
  '    tests = runpy.run_path("tests/test_api.py")',
  '    names = [name for name in tests if name.startswith("test_")]',
  '    assert len(names) == 4',
  '    for name in names: tests[name]()'
].join('\n');
