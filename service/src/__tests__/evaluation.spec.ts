import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import type { Evaluation, Run } from '@jupyterlab-deep/protocol';
import { startNextcloud } from '../../../stand-in/nextcloud/server';
import { Loopback, standIn } from '../deployments/__tests__/loopback';
import {
  makePictures,
  MODEL,
  PHOTOGRAPHS
} from '../training/__tests__/pictures';
import { Bundles } from './bundles';
import { IAnswer } from './client';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(120_000);

const BUILTIN = 'builtin/image-classifier';
const PICTURES = '**/*.{jpg,png}';
const whenBuilt = existsSync(path.join(MODEL, 'onnx/model.onnx'))
  ? describe
  : describe.skip;

whenBuilt('evaluations (need the built image classifier)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let root: string;

  beforeAll(async () => {
    bundles = new Bundles();
    home = new TestHome();
    mkdirSync(home.modules);
    symlinkSync(MODEL, path.join(home.modules, 'image-classifier'));
    root = path.join(home.folder, 'work');
    await makePictures(path.join(root, 'pets'), 8);
    service = await ServiceProcess.start(bundles.service, home);
    const { json } = await post('/training/trainings', {
      module: BUILTIN,
      arguments: { epochs: 4 },
      data: { data: { from: 'jupyter', path: 'pets' } }
    });
    expect((await ended(json.id)).state).toBe('succeeded');
  });

  afterAll(async () => {
    await service.stop();
    home.remove();
    bundles.remove();
  });

  beforeEach(() => {
    rmSync(path.join(root, 'test'), { recursive: true, force: true });
  });

  const post = (to: string, body: object = {}): Promise<IAnswer> =>
    service.ask({
      method: 'POST',
      path: to,
      headers: { 'x-deep-root': encodeURIComponent(root) },
      body
    });

  const begin = (more: object = {}, each: object = {}): Promise<IAnswer> =>
    post('/inference/batches', {
      module: 'mine/pets',
      arguments: { top_k: 2 },
      each: {
        argument: 'image',
        from: 'jupyter',
        folder: 'test',
        pattern: PICTURES,
        ...each
      },
      labels: { from: 'found' },
      results: 'root',
      ...more
    });

  const ended = (id: string): Promise<Run> =>
    until(async () => {
      const run: Run = (await service.get(`/runs/${id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });

  const evaluationOf = async (id: string, query = ''): Promise<Evaluation> =>
    (await service.get(`/runs/${id}/evaluation${query}`)).json;

  async function evaluated(
    more: object = {},
    each: object = {}
  ): Promise<{ run: Run; found: Evaluation }> {
    const { status, text, json } = await begin(more, each);
    expect([status, text]).toEqual([202, expect.any(String)]);
    const run = await ended(json.id);
    return { run, found: await evaluationOf(run.id) };
  }

  const put = (name: string, content: string | Buffer): void => {
    const file = path.join(root, 'test', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  };

  const putPhotograph = (name: string, of: string): void =>
    put(name, readFileSync(PHOTOGRAPHS[of]));

  it('count what was found for what by folders, and name the mistakes', async () => {
    await makePictures(path.join(root, 'test'), 3);
    putPhotograph('coffee/lies.jpg', 'cat');
    put('cat/broken.jpg', 'no picture');
    put('stray.jpg', 'in no folder');
    const { run, found } = await evaluated();
    expect(run).toMatchObject({
      state: 'succeeded',
      title: 'Pets evaluated: test',
      progress: { done: 8, total: 8 },
      batch: { failed: 1, labels: { from: 'found' } }
    });
    expect(run.batch!.accuracy).toBeCloseTo(6 / 7);
    expect(found).toMatchObject({
      total: 8,
      count: 7,
      failed: 1,
      right: 6,
      labels: ['cat', 'coffee'],
      rows: [
        [3, 0],
        [1, 3]
      ],
      outside: 0,
      perClass: [
        { label: 'cat', count: 3, recall: 1, precision: 0.75 },
        { label: 'coffee', count: 4, recall: 0.75, precision: 1 }
      ],
      confused: [{ label: 'coffee', found: 'cat', count: 1 }],
      unknown: [],
      leftOut: {
        count: 1,
        first: [{ path: 'stray.jpg', reason: 'It has no label.' }]
      },
      worst: [{ path: 'coffee/lies.jpg', label: 'coffee', found: 'cat' }],
      worstTotal: 1
    });
    const [{ item, probability, probabilityOfTrue }] = found.worst;
    expect(probability).toBeGreaterThan(0.9);
    expect(probability + probabilityOfTrue!).toBeCloseTo(1);
    const picture = await service.get(
      `/runs/${run.id}/items/${item}/thumbnail`
    );
    expect(picture.headers['content-type']).toBe('image/jpeg');
    const table = path.join(root, run.batch!.results.path, 'results.csv');
    const lines = readFileSync(table, 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^file,state,truth,label,probability,/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^coffee\/lies.jpg,done,coffee,cat,/)
    );
  });

  it('take labels from a list, which says more than the folders', async () => {
    await makePictures(path.join(root, 'test/mixed'), 2);
    put(
      'labels.csv',
      [
        'file,label',
        'mixed/cat/0.jpg,cat',
        'mixed/cat/1.jpg,coffee',
        'mixed/coffee/0.jpg,coffee',
        'mixed/coffee/0.jpg,cat',
        'mixed/gone.jpg,cat',
        '../up.jpg,cat'
      ].join('\n')
    );
    const { found } = await evaluated({}, { pattern: '**/*' });
    expect(found).toMatchObject({
      total: 3,
      count: 3,
      right: 2,
      worst: [{ path: 'mixed/cat/1.jpg', label: 'coffee', found: 'cat' }]
    });
    expect(found.leftOut.count).toBe(4);
    expect(
      Object.fromEntries(
        found.leftOut.first.map(({ path: file, reason }) => [file, reason])
      )
    ).toEqual({
      '../up.jpg': 'It lies outside of the folder.',
      'mixed/coffee/0.jpg': 'It is also listed as “cat”.',
      'mixed/coffee/1.jpg': 'It has no label.',
      'mixed/gone.jpg': 'It is in the list, but not among the files.'
    });
    const named = { labels: { from: 'folders' } };
    const { found: byFolders } = await evaluated(named, {
      folder: 'test/mixed'
    });
    expect([byFolders.total, byFolders.accuracy]).toEqual([4, 1]);
  });

  it('say which labels the model does not know', async () => {
    await makePictures(path.join(root, 'test'), 1);
    putPhotograph('Hund/0.jpg', 'cat');
    const { found } = await evaluated();
    expect(found).toMatchObject({ count: 3, right: 2, unknown: ['Hund'] });
    expect(found.worst[0]).not.toHaveProperty('probabilityOfTrue');
    const { found: builtin } = await evaluated({ module: BUILTIN });
    expect(builtin).toMatchObject({
      accuracy: 0,
      unknown: ['Hund', 'cat', 'coffee'],
      worstTotal: 3
    });
    expect(builtin.labels.slice(0, 3)).toEqual(['Hund', 'cat', 'coffee']);
    expect(builtin.rows.flat().reduce((sum, count) => sum + count)).toBe(3);
  });

  it('follow links to folders of classes, as trainings do, and know é in both ways of writing', async () => {
    mkdirSync(path.join(root, 'test'), { recursive: true });
    symlinkSync(path.join(root, 'pets/cat'), path.join(root, 'test/cat'));
    putPhotograph('cafe\u0301/0.jpg', 'coffee');
    const { found } = await evaluated();
    expect(found).toMatchObject({ count: 9, right: 8, unknown: ['caf\u00e9'] });
  });

  it('page the mistakes, the surest first', async () => {
    await makePictures(path.join(root, 'swapped'), 5);
    mkdirSync(path.join(root, 'test'));
    symlinkSync(path.join(root, 'swapped/cat'), path.join(root, 'test/coffee'));
    symlinkSync(path.join(root, 'swapped/coffee'), path.join(root, 'test/cat'));
    const { run, found } = await evaluated();
    expect([found.accuracy, found.worstTotal]).toEqual([0, 10]);
    const sure = found.worst.map(({ probability }) => probability);
    expect(sure).toEqual([...sure].sort((a, b) => b - a));
    const page = await evaluationOf(run.id, '?offset=4&limit=3');
    expect(page.worst).toEqual(found.worst.slice(4, 7));
    expect(
      (await service.get(`/runs/${run.id}/evaluation?limit=101`)).status
    ).toBe(400);
  });

  it('are refused in words before they begin where nothing has a label', async () => {
    const refusal = async (more = {}, each = {}): Promise<object> => {
      const { status, json } = await begin(more, each);
      return [status, `${json.detail} ${json.hint}`];
    };
    expect(await refusal()).toEqual([
      404,
      expect.stringMatching(/cannot be read/)
    ]);
    mkdirSync(path.join(root, 'test'));
    expect(await refusal()).toEqual([
      422,
      expect.stringMatching(
        /folder of its class.*one folder of pictures for each class/
      )
    ]);
    putPhotograph('flat.jpg', 'cat');
    expect(await refusal()).toEqual([
      422,
      expect.stringMatching(/folder of its class/)
    ]);
    put('labels.csv', 'a,b\n1,2\n');
    expect(await refusal()).toEqual([
      422,
      expect.stringMatching(/none of the columns/)
    ]);
    const list = (file: string) => ({ labels: { from: 'list', file } });
    expect(await refusal(list('none.csv'))).toEqual([
      404,
      expect.stringMatching(/no list none.csv/)
    ]);
    const page = await service.ask({
      method: 'POST',
      path: '/inference/batches',
      headers: {
        'x-deep-client': 'jupyter:1',
        'x-deep-root': encodeURIComponent(root)
      },
      body: {
        module: BUILTIN,
        arguments: {},
        each: {
          argument: 'image',
          from: 'jupyter',
          folder: 'test',
          pattern: '*'
        },
        ...list('../../outside.csv')
      }
    });
    expect([page.status, page.json.detail]).toEqual([
      403,
      expect.stringMatching(/outside.csv/)
    ]);
  });

  it('fail with the reason where the list fits no file, and where it is damaged further down', async () => {
    putPhotograph('a.jpg', 'cat');
    put('labels.csv', 'file,label\nb.jpg,cat\n');
    const none = await evaluated();
    expect(none.run).toMatchObject({
      state: 'failed',
      error: {
        status: 422,
        detail: expect.stringMatching(
          /None of the files has a label. a.jpg: It has no label/
        )
      }
    });
    const rows = Array.from({ length: 3000 }, (_, at) => `${at}.jpg,cat\n`);
    put('labels.csv', `file,label\n${rows.join('')}a.jpg\n`);
    const damaged = await evaluated();
    expect(damaged.run).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringMatching(/not a table.*line 3002/) }
    });
  });

  it('are no part of a batch without labels', async () => {
    putPhotograph('a.jpg', 'cat');
    const { json } = await begin({ labels: undefined });
    await ended(json.id);
    const { status, json: problem } = await service.get(
      `/runs/${json.id}/evaluation`
    );
    expect([status, problem.detail]).toEqual([
      409,
      expect.stringMatching(/no evaluation/)
    ]);
  });

  it('leave nothing in the data when the results go with the record', async () => {
    await makePictures(path.join(root, 'test'), 1);
    const { run } = await evaluated({ results: 'run' });
    const { results, storedBytes } = run.batch!;
    expect(results.from).toBe('path');
    expect(results.path.startsWith(path.join(home.store, 'runs', run.id))).toBe(
      true
    );
    expect(existsSync(path.join(results.path, results.table))).toBe(true);
    expect(storedBytes).toBeGreaterThan(0);
    expect(existsSync(path.join(root, 'test/deep-results'))).toBe(false);
    await service.ask({ method: 'DELETE', path: `/runs/${run.id}` });
    expect(existsSync(results.path)).toBe(false);
  });

  it('take a dataset of a cloud, and write nothing into it', async () => {
    const cloud = await startNextcloud({});
    try {
      await post('/storage/logins', { address: cloud.url, allowPrivate: true });
      cloud.users.grantLast('ada');
      await until(async () => {
        const { json } = await service.get('/storage/accounts');
        return json.accounts.length > 0;
      });
      for (const label of ['cat', 'coffee']) {
        for (const folder of ['test', `test/${label}`]) {
          await post('/storage/files/cloud/folders', { path: folder });
        }
        const { status, text } = await service.ask({
          method: 'PUT',
          path: `/storage/files/cloud/content?path=test/${label}/0.jpg`,
          body: readFileSync(PHOTOGRAPHS[label]),
          headers: { 'content-type': 'application/octet-stream' }
        });
        expect([status, text]).toEqual([200, expect.any(String)]);
      }
      const each = { from: 'dataset', dataset: 'cloud:test', folder: '' };
      expect((await begin({}, each)).status).toBe(404);
      const { json: made } = await post('/storage/datasets', {
        account: 'cloud',
        path: 'test',
        way: 'copy'
      });
      const dataset = await until(async () => {
        const { json } = await service.get(`/storage/datasets/${made.id}`);
        return json.state === 'ready' ? json : undefined;
      });
      const counted = await post('/inference/batches/count', {
        argument: 'image',
        pattern: PICTURES,
        ...each
      });
      expect(counted.json).toMatchObject({ count: 2 });
      const { run, found } = await evaluated({}, each);
      expect([run.title, found.accuracy]).toEqual([
        'Pets evaluated: cloud:test',
        1
      ]);
      expect(run.batch!.results).toMatchObject({
        from: 'jupyter',
        path: expect.stringMatching(/^deep-results\//)
      });
      expect(readdirSync(dataset.path).sort()).toEqual(['cat', 'coffee']);
      const up = { ...each, folder: '../up' };
      expect((await begin({}, up)).status).toBe(400);
    } finally {
      await cloud.close();
    }
  });

  it('count every file once although the service was killed in the middle', async () => {
    const each = 60;
    await makePictures(path.join(root, 'test'), 4);
    for (const label of ['cat', 'coffee']) {
      for (let at = 4; at < each; at++) {
        copyFileSync(
          path.join(root, `test/${label}/${at % 4}.jpg`),
          path.join(root, `test/${label}/${at}.jpg`)
        );
      }
    }
    putPhotograph('coffee/lies.jpg', 'cat');
    put('cat/broken.jpg', 'no picture');
    const { json } = await begin();
    const during = await until(async () => {
      const found = await evaluationOf(json.id);
      return found.count > 20 ? found : undefined;
    });
    expect(during.count).toBeLessThan(2 * each);
    await service.kill();
    service = await ServiceProcess.start(bundles.service, home);
    const run = await ended(json.id);
    expect(run.state).toBe('succeeded');
    const found = await evaluationOf(run.id);
    expect(found).toMatchObject({
      total: 2 * each + 2,
      count: 2 * each + 1,
      failed: 1,
      right: 2 * each,
      rows: [
        [each, 0],
        [1, each]
      ]
    });
    expect((await post(`/runs/${run.id}/retry`)).status).toBe(202);
    await ended(run.id);
    expect(await evaluationOf(run.id)).toEqual(found);
  });
});

describe('an evaluation of what is no classifier', () => {
  it('fails with the first answer, and says why', async () => {
    const bundles = new Bundles();
    const home = new TestHome();
    const describeModule = standIn(['standin']);
    const module = await Loopback.start((request, response) => {
      if (request.method !== 'POST') {
        describeModule(request, response);
        return;
      }
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ status: 'OK', predictions: { depth: 3 } })
        );
      });
    });
    mkdirSync(home.modules);
    const data = path.join(home.folder, 'data');
    for (let at = 0; at < 30; at++) {
      mkdirSync(path.join(data, 'oak'), { recursive: true });
      writeFileSync(path.join(data, 'oak', `${at}.jpg`), 'leaf');
    }
    const service = await ServiceProcess.start(bundles.service, home);
    try {
      const { json } = await service.post('/deployments/connections', {
        address: module.url,
        allowPrivate: true
      });
      const begun = await service.post('/inference/batches', {
        module: json.module,
        arguments: {},
        each: {
          argument: 'image',
          from: 'path',
          folder: data,
          pattern: '**/*'
        },
        labels: { from: 'found' }
      });
      const run: Run = await until(async () => {
        const now: Run = (await service.get(`/runs/${begun.json.id}`)).json;
        return now.endedAt ? now : undefined;
      });
      expect(run).toMatchObject({
        state: 'failed',
        error: {
          status: 501,
          detail: expect.stringMatching(/only classifications can be evaluated/)
        }
      });
    } finally {
      await service.stop();
      await module.stop();
      home.remove();
      bundles.remove();
    }
  });
});
