import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type {
  Development,
  Run,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import { saveLayersModel } from '../../../../kernel-helpers/src/models/__tests__/tfjsModels';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { makeModels, PYTHON } from '../../models/__tests__/modelsHere';

jest.setTimeout(120_000);

interface IClasses {
  labels: string[];
}

describe('Model folders', () => {
  const home = new TestHome();
  const root = path.join(home.folder, 'root');
  let bundles: Bundles;
  let service: ServiceProcess;

  beforeAll(async () => {
    bundles = new Bundles();
    mkdirSync(home.modules);
    mkdirSync(root);
    makeModels(path.join(root, 'exports'));
    await saveLayersModel(path.join(root, 'exports/brightness'));
    await paint('red');
    await paint('white');
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterAll(async () => {
    await service?.stop();
    bundles?.remove();
    home.remove();
  });

  const paint = (background: string) =>
    sharp({ create: { width: 9, height: 9, channels: 3, background } })
      .png()
      .toFile(path.join(root, `${background}.png`));
  const place = (at: string): object => ({ from: 'jupyter', path: at });
  const ask = (method: string, at: string, body?: object): Promise<IAnswer> =>
    service.ask({
      method,
      path: at,
      body,
      headers: {
        'x-deep-root': encodeURI(root),
        'x-deep-client': `jupyter:${process.pid}`
      }
    });
  const write = (title: string, source: string): Promise<IAnswer> =>
    ask('POST', '/develop/modules', {
      variant: 'model',
      title,
      folder: place(`made/${title}`),
      author: 'Ada',
      licence: 'BSD-3-Clause',
      source: place(source)
    });

  /** The class that the runtime alone gives a picture, as on a machine without Jupyter. */
  async function answerOf(folder: string, picture: string): Promise<unknown> {
    const runtime = path.join(bundles.folder, 'module-runtime.mjs');
    const server: ChildProcess = spawn(
      process.execPath,
      [runtime, '--model', folder, '--port', '0', '--workers', '1'],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    );
    const ended = once(server, 'exit');
    try {
      const [line] = (await once(server.stdout!, 'data')) as [Buffer];
      const { endpoint, modelPath } = JSON.parse(line.toString());
      const body = new FormData();
      body.append('image', new Blob([readFileSync(path.join(root, picture))]));
      const reply = await fetch(`${endpoint}${modelPath}predict/`, {
        method: 'POST',
        body,
        headers: { accept: 'application/json' }
      });
      const said = (await reply.json()) as { predictions: IClasses };
      return said.predictions.labels[0];
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
  }

  it.each([
    {
      kind: 'an ONNX file',
      title: 'colours',
      source: 'exports/softmax.onnx',
      network: ['onnx'],
      picture: 'red.png',
      label: 'red'
    },
    {
      kind: 'a model of TensorFlow.js',
      title: 'brightness',
      source: 'exports/brightness/model.json',
      network: ['group1-shard1of2.bin', 'group1-shard2of2.bin', 'model.json'],
      picture: 'white.png',
      label: 'bright'
    }
  ])(
    'of $kind are written whole, valid and licensed, and answer',
    async ({ title, source, network, picture, label }) => {
      const { status, json } = await write(title, source);
      expect([status, json.detail]).toEqual([201, undefined]);
      const { folder, start, files }: WrittenModule = json;
      expect(start).toBe('module.json');
      const written = [
        ...['LICENSE', 'README.md', 'ai4-metadata.yml', 'config.json'],
        ...['labels.json', 'module.json', 'preprocessor_config.json']
      ];
      expect(readdirSync(folder).sort()).toEqual(
        [...written, ...network].sort()
      );
      expect(files).toEqual(expect.arrayContaining(written));
      expect(readFileSync(path.join(folder, 'LICENSE'), 'utf8')).toContain(
        'Ada'
      );
      const valid = execFileSync(
        path.join(path.dirname(PYTHON), 'ai4-metadata'),
        ['validate', 'ai4-metadata.yml'],
        { cwd: folder, encoding: 'utf8' }
      );
      expect(valid).toMatch(/valid/i);
      expect(await answerOf(folder, picture)).toBe(label);
    }
  );

  it('are not written where the file does not say it all, or is none', async () => {
    const unnamed = await write('unnamed', 'exports/torch.onnx');
    expect([unnamed.status, unnamed.json.hint]).toEqual([
      422,
      expect.stringContaining('Deploy model…')
    ]);
    writeFileSync(path.join(root, 'exports/none.onnx'), 'no network');
    const none = await write('none', 'exports/none.onnx');
    expect([none.status, none.json.detail]).toEqual([
      422,
      expect.stringContaining('none.onnx is not an ONNX model')
    ]);
    const outside = await write('outside', '../../etc/passwd');
    expect(outside.status).toBe(400);
    expect(readdirSync(path.join(root, 'made')).sort()).toEqual([
      'brightness',
      'colours'
    ]);
  });

  describe('served while they are edited', () => {
    const folder = path.join(root, 'made/colours');
    const at = (name: string): string => path.join(folder, name);
    let session: string;

    const now = async (): Promise<Development> =>
      (await ask('GET', `/develop/sessions/${session}`)).json;
    const become = (
      state: Development['state'],
      starts: number
    ): Promise<Development> =>
      until(async () => {
        const found = await now();
        return found.state === state && found.starts >= starts
          ? found
          : undefined;
      });
    async function labelOf(picture: string): Promise<string> {
      const { json } = await ask('POST', '/inference/predictions', {
        module: 'develop/colours',
        arguments: {},
        files: { image: { from: 'jupyter', path: picture } }
      });
      const run: Run = await until(async () => {
        const found: Run = (await service.get(`/runs/${json.id}`)).json;
        return found.endedAt ? found : undefined;
      });
      expect([run.state, run.error]).toEqual(['succeeded', undefined]);
      return (await service.get(`/runs/${run.id}/result`)).json.labels[0];
    }

    const settings = (name: string): string => readFileSync(at(name), 'utf8');
    const edit = (name: string, from: string, to: string): void => {
      const text = settings(name);
      expect(text).toContain(from);
      writeFileSync(at(name), text.replace(from, to));
    };

    it('answer by the names that were saved last', async () => {
      const { json } = await ask('POST', '/develop/sessions', {
        folder: place('made/colours')
      });
      session = json.id;
      expect([json.kind, json.module]).toEqual(['model', 'develop/colours']);
      await become('serving', 1);
      expect(await labelOf('red.png')).toBe('red');
      edit('config.json', '"0": "red"', '"0": "crimson"');
      const { changed } = await become('serving', 2);
      expect(changed).toEqual(['config.json']);
      expect(await labelOf('red.png')).toBe('crimson');
    });

    /** Write something else into a file for a while. */
    async function whileEdited(
      name: string,
      [from, to]: [string, string],
      look: (starts: number, text: string) => Promise<void>
    ): Promise<void> {
      const before = settings(name);
      const { starts } = await now();
      edit(name, from, to);
      try {
        await look(starts + 1, settings(name));
      } finally {
        writeFileSync(at(name), before);
      }
      const mended = await become('serving', starts + 2);
      expect(mended.failure).toBeUndefined();
    }

    it.each([
      ['config.json', '"crimson",', '"crimson"', '"1"', /not valid JSON/],
      ['config.json', '"crimson"', '7', '"0"', /not valid at id2label\.0/],
      [
        'module.json',
        '"task":',
        'task:',
        'task',
        /module\.json: It is not JSON/
      ],
      ['module.json', '"colours"', '7', '"name"', /must be string/]
    ])(
      'say which line of %s is wrong, and go on when it is mended: %s as %s',
      async (name, from, to, inLine, message) => {
        await whileEdited(name, [from, to], async (starts, text) => {
          const { failure } = await until(async () => {
            const found = await become('failed', starts);
            return found.failure ? found : undefined;
          });
          const lines = text.split('\n');
          const line = lines.findIndex(each => each.includes(inLine)) + 1;
          expect(failure).toMatchObject({
            file: name,
            line,
            frames: [{ file: name, line }],
            message: expect.stringMatching(message)
          });
        });
      }
    );

    it('are served although their description is half typed, which starts nothing anew', async () => {
      const { starts } = await now();
      const before = settings('ai4-metadata.yml');
      edit('ai4-metadata.yml', 'summary: ', 'summary: one: ');
      await ask('POST', `/develop/sessions/${session}/restart`, {});
      await become('serving', starts + 1);
      expect(await labelOf('red.png')).toBe('crimson');
      writeFileSync(at('ai4-metadata.yml'), before);
      expect((await now()).starts).toBe(starts + 1);
    });

    it('refuse what is too large, and what leads out of the folder', async () => {
      const before = settings('config.json');
      const secret = path.join(root, 'secret.json');
      writeFileSync(secret, before.replace('crimson', 'secret'));
      const tries: [make: () => void, RegExp][] = [
        [
          () => truncateSync(at('config.json'), 20 * 1024 ** 2),
          /config\.json of the model folder has 20971520 bytes; at most/
        ],
        [
          () => {
            rmSync(at('config.json'));
            symlinkSync(secret, at('config.json'));
          },
          /config\.json of the model folder leads outside of it/
        ],
        [
          () => {
            rmSync(at('config.json'));
            execFileSync('mkfifo', [at('config.json')]);
          },
          /config\.json/
        ]
      ];
      for (const [make, why] of tries) {
        const { starts } = await now();
        make();
        const { problem, failure } = await become('failed', starts + 1);
        expect(problem?.detail).toMatch(why);
        expect(failure).toBeUndefined();
      }
      rmSync(at('config.json'));
      const { starts } = await now();
      writeFileSync(at('config.json'), before);
      await become('serving', starts + 1);
      expect(await labelOf('red.png')).toBe('crimson');
    });

    it('refuse weights that are named outside of the folder', async () => {
      await ask('DELETE', `/develop/sessions/${session}`);
      const tfjs = path.join(root, 'made/brightness');
      const model = path.join(tfjs, 'model.json');
      const text = readFileSync(model, 'utf8');
      const { json } = await ask('POST', '/develop/sessions', {
        folder: place('made/brightness')
      });
      session = json.id;
      await become('serving', 1);
      copyFileSync(
        path.join(tfjs, 'group1-shard1of2.bin'),
        path.join(root, 'stolen.bin')
      );
      writeFileSync(
        model,
        text.replace('group1-shard1of2.bin', '../../stolen.bin')
      );
      const { problem } = await become('failed', 2);
      expect(problem?.detail).toContain('not a path inside the model folder');
      writeFileSync(model, text);
      await become('serving', 3);
      await ask('DELETE', `/develop/sessions/${session}`);
      expect((await service.get('/deployments')).json.deployments).toEqual([]);
      expect(existsSync(model)).toBe(true);
    });
  });
});
