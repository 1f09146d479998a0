import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import sharp from 'sharp';
import { modules } from '@jupyterlab-deep/kernel-helpers';
import type {
  Development,
  Run,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import {
  missing,
  missingPeers,
  PEERS,
  TOOLS
} from '../../pythonModules/__tests__/samples';
import { COLOURS, writeNotebook } from './notebooks';

jest.setTimeout(180_000);

const lacking = [missing, missingPeers].filter(Boolean).join(' and ');
const suite = lacking ? describe.skip : describe;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

suite(
  lacking ? `New modules (skipped: there is no ${lacking})` : 'New modules',
  () => {
    const home = new TestHome();
    const root = path.join(home.folder, 'root');
    const python = path.join(PEERS, 'bin/python');
    let bundles: Bundles;
    let service: ServiceProcess;

    beforeAll(async () => {
      bundles = new Bundles();
      mkdirSync(home.modules);
      mkdirSync(path.join(root, 'photos'), { recursive: true });
      await sharp({
        create: { width: 20, height: 10, channels: 3, background: '#d01010' }
      })
        .png()
        .toFile(path.join(root, 'photos/red.png'));
      writeFileSync(
        path.join(root, 'colours.json'),
        JSON.stringify({ red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] })
      );
      writeNotebook(path.join(root, 'colours.ipynb'), COLOURS);
      await paint('ruby', '#c01818');
      await paint('sea', '#1864c0');
      writeFileSync(
        learn('texts.csv'),
        'text,label\nwhere is it,place\nwhen was it,time\n'
      );
      writeFileSync(
        learn('table.csv'),
        'length,width,kind\n1,2,left\n9,8,right\n'
      );
      service = await ServiceProcess.start(bundles.service, home, TOOLS);
    });

    afterAll(async () => {
      await service?.stop();
      bundles?.remove();
      home.remove();
    });

    /** As a page asks: below the root of Jupyter alone. */
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
    const place = (at: string): object => ({ from: 'jupyter', path: at });
    const write = async (
      variant: string,
      title: string,
      more: object = {}
    ): Promise<WrittenModule> => {
      const { status, json } = await ask('POST', '/develop/modules', {
        variant,
        title,
        folder: place(`made/${variant}`),
        author: 'Ada "the" Lovelace',
        licence: 'MIT',
        ...more
      });
      expect([status, json.detail]).toEqual([201, undefined]);
      return json;
    };
    const environment = (folder: string): NodeJS.ProcessEnv => ({
      PATH: process.env.PATH,
      HOME: home.folder,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: folder
    });

    /** What pip would make of it, beside it. */
    function install(folder: string, name: string): void {
      const info = path.join(folder, `${name}-0.1.0.dist-info`);
      mkdirSync(info);
      writeFileSync(
        path.join(info, 'METADATA'),
        `Metadata-Version: 2.1\nName: ${name}\nVersion: 0.1.0\n`
      );
      writeFileSync(
        path.join(info, 'entry_points.txt'),
        `[deepaas.v2.model]\n${name} = ${name}.api\n`
      );
    }

    async function serve(
      { folder, package: name = '' }: WrittenModule,
      use: (model: string) => Promise<void>
    ): Promise<void> {
      const port = await freePort();
      const server: ChildProcess = spawn(
        path.join(PEERS, 'bin/deepaas-run'),
        [
          `--model-name=${name}`,
          '--listen-ip=127.0.0.1',
          `--listen-port=${port}`
        ],
        {
          cwd: folder,
          env: environment(folder),
          detached: true,
          stdio: 'ignore'
        }
      );
      const ended = once(server, 'exit');
      const model = `http://127.0.0.1:${port}/v2/models/${name}`;
      try {
        await until(() =>
          fetch(`${model}/`).then(
            ({ ok }) => ok,
            () => false
          )
        );
        await use(model);
      } finally {
        process.kill(-server.pid!, 'SIGKILL');
        await ended;
      }
    }

    function post(
      address: string,
      fields: Record<string, string | Blob>
    ): Promise<Response> {
      const body = new FormData();
      Object.entries(fields).forEach(([name, value]) =>
        body.append(name, value)
      );
      const headers = { accept: 'application/json' };
      return fetch(address, { method: 'POST', body, headers });
    }

    /** Begins a training, and waits for its end. */
    async function train(
      model: string,
      fields: Record<string, string>
    ): Promise<object> {
      const begun = await post(`${model}/train/`, fields);
      const { uuid } = (await begun.json()) as { uuid: string };
      return until(async () => {
        const reply = await fetch(`${model}/train/${uuid}`);
        const now = (await reply.json()) as { status: string };
        return now.status === 'running' ? undefined : now;
      });
    }

    /** A picture of one colour in the folder of a class. */
    async function paint(label: string, background: string): Promise<void> {
      const to = path.join(root, 'learn/image', label);
      mkdirSync(to, { recursive: true });
      const create = {
        width: 20,
        height: 10,
        channels: 3,
        background
      } as const;
      await sharp({ create }).png().toFile(path.join(to, '1.png'));
    }
    const picture = (): Blob =>
      new Blob([readFileSync(path.join(root, 'photos/red.png'))]);

    const learn = (name: string): string => path.join(root, 'learn', name);
    const VARIANTS: IVariant[] = [
      {
        variant: 'image',
        title: 'Colours of leaves',
        asked: () => ({ image: picture(), top_k: '1' }),
        answer: { labels: ['red'] },
        data: () => ({ data: learn('image') }),
        learnt: { classes: ['ruby', 'sea'], examples: 2 },
        then: { labels: ['ruby'] }
      },
      {
        variant: 'text',
        title: 'Kinds of sentences',
        asked: () => ({ text: 'Where is it?' }),
        answer: { labels: ['question', 'order'] },
        data: () => ({ data: learn('texts.csv') }),
        learnt: { classes: ['place', 'time'], examples: 2 },
        then: { labels: ['place', 'time'] }
      },
      {
        variant: 'table',
        title: 'Sizes',
        asked: () => ({ table: new Blob(['length,width\n9,7\n']) }),
        answer: { predictions: [{ row: 1, label: 'large' }] },
        data: () => ({ data: learn('table.csv'), target: 'kind' }),
        learnt: { classes: ['left', 'right'], examples: 2 },
        then: { predictions: [{ row: 1, label: 'right' }] }
      },
      {
        variant: 'empty',
        title: 'json',
        asked: () => ({ name: 'Ada' }),
        answer: { predictions: { greeting: 'Hello, Ada!' } }
      },
      {
        variant: 'notebook',
        title: 'Colours by a notebook',
        more: { source: place('colours.ipynb') },
        asked: () => ({ image: picture(), count: '1' }),
        answer: { predictions: { labels: ['red'] } },
        data: () => ({ data: 'somewhere', epochs: '1' }),
        learnt: { classes: 3 }
      }
    ];

    it.each(VARIANTS)(
      'of the kind $variant pass their own tests, and answer and learn under real DEEPaaS',
      async ({ variant, title, more, asked, answer, data, learnt, then }) => {
        const written = await write(variant, title, more);
        const { folder } = written;
        expect(written.jupyterPath).toBe(`made/${variant}`);
        expect(readdirSync(path.dirname(folder))).not.toContainEqual(
          expect.stringContaining('writing')
        );
        const tested = execFileSync(
          python,
          ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'],
          { cwd: folder, env: environment(''), encoding: 'utf8' }
        );
        expect(tested).toMatch(variant === 'empty' ? /2 passed/ : /4 passed/);
        install(folder, written.package ?? '');
        const predict = async (model: string): Promise<unknown> => {
          const reply = await post(`${model}/predict/`, asked());
          return [reply.status, await reply.json()];
        };
        await serve(written, async model => {
          expect(await predict(model)).toEqual([200, answering(answer)]);
          const refused = await post(`${model}/predict/`, {
            top_k: 'x',
            count: 'x'
          });
          expect([200, 422]).toContain(refused.status);
          if (data) {
            expect(await train(model, data())).toMatchObject({
              status: 'done',
              result: { output: learnt }
            });
          }
        });
        if (then) {
          await serve(written, async model =>
            expect(await predict(model)).toEqual([200, answering(then)])
          );
        }
      }
    );

    it('have metadata that are valid, a licence, and names that hide nothing of Python', async () => {
      for (const { variant } of VARIANTS) {
        const { json } = await service.post('/python/modules', {
          folder: path.join(root, 'made', variant)
        });
        expect(json.id).toBe(`python/${variant}`);
      }
      const folder = path.join(root, 'made/empty');
      const toml = readFileSync(path.join(folder, 'pyproject.toml'), 'utf8');
      expect(toml).toContain('name = "json-module"');
      expect(toml).toContain('Ada \\"the\\" Lovelace');
      expect(readFileSync(path.join(folder, 'LICENSE'), 'utf8')).toMatch(
        /^MIT License\n\nCopyright \(c\) \d{4} Ada "the" Lovelace\n/
      );
    });

    it('are written over nothing, and leave nothing where they cannot be made', async () => {
      const refused = await ask('POST', '/develop/modules', {
        variant: 'text',
        title: 'Again',
        folder: place('made/text')
      });
      expect([refused.status, refused.json.detail]).toEqual([
        409,
        expect.stringContaining('Something lies in')
      ]);
      const outside = await ask('POST', '/develop/modules', {
        variant: 'text',
        title: 'Outside',
        folder: { from: 'path', path: '/tmp/outside' }
      });
      expect(outside.status).toBe(403);
      const up = await ask('POST', '/develop/modules', {
        variant: 'text',
        title: 'Up',
        folder: place('../up')
      });
      expect(up.status).toBe(400);
      writeNotebook(path.join(root, 'bare.ipynb'), [[[], 'x = 1']]);
      const bare = await ask('POST', '/develop/modules', {
        variant: 'notebook',
        title: 'Bare',
        folder: place('made/bare'),
        source: place('bare.ipynb')
      });
      expect([bare.status, bare.json.detail]).toEqual([
        422,
        expect.stringContaining('No cell is marked “predict”')
      ]);
      expect(existsSync(path.join(root, 'made/bare'))).toBe(false);
    });

    describe('served while they are edited', () => {
      const folder = path.join(root, 'made/live');
      const api = path.join(folder, 'live_answers/api.py');
      let session: string;

      const now = async (): Promise<Development> =>
        (await ask('GET', `/develop/sessions/${session}`)).json;
      const serving = (starts: number): Promise<Development> =>
        until(async () => {
          const found = await now();
          if (found.starts < starts || found.state === 'starting') {
            return undefined;
          }
          expect([found.state, found.problem?.detail]).toEqual([
            'serving',
            undefined
          ]);
          return found;
        });
      const edit = (from: string, to: string): void => {
        const text = readFileSync(api, 'utf8');
        expect(text).toContain(from);
        writeFileSync(api, text.replace(from, to));
      };
      const predict = async (name: string): Promise<Run> => {
        const { json } = await ask('POST', '/inference/predictions', {
          module: 'develop/live',
          arguments: { name },
          files: {}
        });
        return until(async () => {
          const run: Run = (await service.get(`/runs/${json.id}`)).json;
          return run.endedAt ? run : undefined;
        });
      };
      const answerOf = async (run: Run): Promise<unknown> =>
        (await service.get(`/runs/${run.id}/result`)).json;

      it('start without a question, since their user had them written', async () => {
        await write('empty', 'Live answers', { folder: place('made/live') });
        const { status, json } = await ask('POST', '/develop/sessions', {
          folder: place('made/live')
        });
        expect([status, json.module]).toEqual([201, 'develop/live']);
        session = json.id;
        await serving(1);
        const again = await ask('POST', '/develop/sessions', {
          folder: place('made/live')
        });
        expect(again.json.id).toBe(session);
        expect(await answerOf(await predict('Ada'))).toEqual({
          greeting: 'Hello, Ada!'
        });
        const listed = await service.get('/catalogue/modules?text=live');
        expect(listed.json.modules).toEqual([]);
      });

      it('answer by what was saved, in the same environment', async () => {
        edit('Hello', 'Good evening');
        const { changed } = await serving(2);
        expect(changed).toEqual(['live_answers/api.py']);
        expect(await answerOf(await predict('Ada'))).toEqual({
          greeting: 'Good evening, Ada!'
        });
        const { json } = await service.get('/python/environments');
        expect(json.environments).toHaveLength(1);
        const deployments = (await service.get('/deployments')).json
          .deployments;
        expect(deployments).toMatchObject([{ module: 'develop/live' }]);
      });

      it('break no rule of the API, as a cell can ask', async () => {
        const { deployment = '' } = await now();
        const before = { ...process.env };
        Object.assign(process.env, home.env);
        try {
          const report = await modules.check(deployment);
          const broken = report.findings.filter(
            ({ outcome }) => outcome === 'failed'
          );
          expect([report.model, broken]).toEqual(['live_answers', []]);
        } finally {
          process.env = before;
        }
      });

      it('say at which line a prediction failed', async () => {
        edit('    return {"greeting"', '    1 / 0\n    return {"greeting"');
        await serving(3);
        const line =
          readFileSync(api, 'utf8').split('\n').indexOf('    1 / 0') + 1;
        expect((await predict('Ada')).state).toBe('failed');
        const { failure } = await until(async () => {
          const found = await now();
          return found.failure ? found : undefined;
        });
        expect(failure).toMatchObject({
          message: 'ZeroDivisionError: division by zero',
          file: 'live_answers/api.py',
          within: 'predict',
          line
        });
      });

      it('say at which line they cannot be read, and go on when it is mended', async () => {
        edit('    1 / 0\n', '    if\n');
        const broken = await until(async () => {
          const found = await now();
          return found.state === 'failed' && found.failure ? found : undefined;
        });
        expect(broken.failure).toMatchObject({
          message: 'SyntaxError: invalid syntax',
          file: 'live_answers/api.py'
        });
        expect(broken.failure!.line).toBe(
          readFileSync(api, 'utf8').split('\n').indexOf('    if') + 1
        );
        expect(broken.problem?.detail).toContain('SyntaxError');
        edit('    if\n', '');
        const { failure } = await serving(5);
        expect(failure).toBeUndefined();
        expect((await predict('Ada')).state).toBe('succeeded');
      });

      it('need no new consent for what their user changes in what they install', async () => {
        const file = path.join(folder, 'pyproject.toml');
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace('new module', 'newer module'));
        expect((await serving(6)).changed).toEqual(['pyproject.toml']);
      });

      it('end with their session, and leave nothing', async () => {
        const { json } = await ask('DELETE', `/develop/sessions/${session}`);
        expect(json.state).toBe('ended');
        expect((await service.get('/deployments')).json.deployments).toEqual(
          []
        );
        const gone = await ask('GET', `/develop/sessions/${session}`);
        expect(gone.status).toBe(404);
        const unknown = await predictRefused();
        expect(unknown.status).toBe(404);
      });

      const predictRefused = (): Promise<IAnswer> =>
        ask('POST', '/inference/predictions', {
          module: 'develop/live',
          arguments: {},
          files: {}
        });

      it('ask first where others wrote them', async () => {
        const other = path.join(root, 'others');
        mkdirSync(other);
        writeFileSync(
          path.join(other, 'pyproject.toml'),
          '[project]\nname = "others"\nversion = "1"\ndependencies = []\n[project.entry-points."deepaas.v2.model"]\nothers = "others"\n'
        );
        writeFileSync(path.join(other, 'others.py'), 'raise SystemExit(1)\n');
        const { json } = await ask('POST', '/develop/sessions', {
          folder: place('others')
        });
        session = json.id;
        const asking = await until(async () => {
          const found = await now();
          return found.state === 'asking' ? found : undefined;
        });
        expect(asking.problem?.type).toBe('urn:jupyterlab-deep:consent-needed');
        await ask('DELETE', `/develop/sessions/${session}`);
      });

      it('are refused where there is no module', async () => {
        const { status, json } = await ask('POST', '/develop/sessions', {
          folder: place('photos')
        });
        expect([status, json.detail]).toEqual([
          422,
          expect.stringContaining('neither pyproject.toml nor module.json')
        ]);
      });
    });
  }
);

interface IVariant {
  variant: string;
  title: string;
  more?: object;
  /** What a prediction is asked with, and its answer. */
  asked: () => Record<string, string | Blob>;
  answer: object;
  /** What a training is begun with, what it says, and what the next start answers by it. */
  data?: () => Record<string, string>;
  learnt?: object;
  then?: object;
}

const answering = (answer: object): unknown =>
  expect.objectContaining(
    'predictions' in answer
      ? { predictions: containing(answer.predictions) }
      : answer
  );

/** Rows and objects may say more. */
const containing = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(each => expect.objectContaining(each as object))
    : expect.objectContaining(value as object);
