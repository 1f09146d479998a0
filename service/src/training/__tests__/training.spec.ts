import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import type { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { makePictures, MODEL, PHOTOGRAPHS } from './pictures';

jest.setTimeout(60_000);

const MODULE = 'builtin/image-classifier';
const whenBuilt = existsSync(path.join(MODEL, 'onnx/model.onnx'))
  ? describe
  : describe.skip;

whenBuilt('trainings (need the built image classifier)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let root: string;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    symlinkSync(MODEL, path.join(home.modules, 'image-classifier'));
    root = path.join(home.folder, 'work');
    await makePictures(path.join(root, 'pets'), 12);
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterEach(async () => {
    if (existsSync(home.discovery)) {
      await service.stop();
    }
    home.remove();
  });

  const begin = (
    args: object = { epochs: 4 },
    more: object = {}
  ): Promise<IAnswer> =>
    service.ask({
      method: 'POST',
      path: '/training/trainings',
      headers: { 'x-deep-root': encodeURIComponent(root) },
      body: {
        module: MODULE,
        arguments: args,
        data: { data: { from: 'jupyter', path: 'pets' } },
        ...more
      }
    });

  const runOf = async (id: string): Promise<Run> =>
    (await service.get(`/runs/${id}`)).json;

  const ended = (id: string): Promise<Run> =>
    until(async () => {
      const run = await runOf(id);
      return run.endedAt ? run : undefined;
    });

  const logOf = async (id: string): Promise<string> =>
    (await service.get(`/runs/${id}/log`)).text;

  const moduleOf = async (id: string): Promise<Deployment> => {
    const { deployment } = await runOf(id);
    return (await service.get(`/deployments/${deployment}`)).json;
  };

  const stepsOf = async (id: string): Promise<number[]> =>
    (await service.get(`/runs/${id}/metrics`)).json.steps.map(
      ({ step }: { step: number }) => step
    );

  /** A training that goes on until it is stopped, in its epochs. */
  async function beginLong(): Promise<string> {
    const { json } = await begin({
      epochs: 1000,
      patience: 0,
      batch_size: 1
    });
    await until(async () => (await stepsOf(json.id)).length > 3);
    return json.id;
  }

  it('is a run with data, numbers, log and a model that can be tried at once', async () => {
    const { status, json } = await begin();
    expect(status).toBe(202);
    expect(json).toMatchObject({
      kind: 'training',
      state: 'queued',
      module: MODULE,
      title: 'Image classifier: pets',
      arguments: { epochs: 4, data: path.join(root, 'pets') }
    });
    const run = await ended(json.id);
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(run.training).toMatchObject({
      data: [
        {
          argument: 'data',
          name: 'pets',
          files: 24,
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/)
        }
      ],
      moduleVersion: '1.0.0',
      hardware: expect.stringMatching(/CPU, \d+ GB/),
      environment: expect.stringMatching(/on this machine, module-runtime/),
      steps: 4,
      metrics: { val_accuracy: 1, epochs: 4 },
      curve: { metric: 'val_accuracy', values: expect.any(Array) },
      model: { id: 'mine/pets', name: 'pets' }
    });
    expect(await stepsOf(json.id)).toEqual([1, 2, 3, 4]);
    expect(await logOf(json.id)).toMatch(/24 pictures of 2 classes/);
    const result = await service.get(`/runs/${json.id}/result`);
    expect(result.json.confusion.labels).toEqual(['cat', 'coffee']);

    const listed = await service.get('/catalogue/modules?source=mine');
    expect(listed.json.modules).toMatchObject([
      { id: 'mine/pets', title: 'Pets' }
    ]);
    const prediction = await service.post('/inference/predictions', {
      module: 'mine/pets',
      arguments: { top_k: 1 },
      files: { image: { from: 'path', path: PHOTOGRAPHS.coffee } }
    });
    const answer = await ended(prediction.json.id);
    expect(answer.state).toBe('succeeded');
    const { json: found } = await service.get(`/runs/${answer.id}/result`);
    expect(found.labels).toEqual(['coffee']);
  });

  it('has its model in the catalogue as soon as it is known to be done', async () => {
    const { json } = await begin({ epochs: 1 });
    let run: Run;
    do {
      // Without a pause: the very first to hear of it.
      run = await runOf(json.id);
    } while (!run.endedAt);
    const { id } = run.training!.model!;
    expect((await service.get(`/catalogue/modules/${id}`)).status).toBe(200);
  });

  it('begins once however often the same request is sent', async () => {
    const more = { requestId: 'the-same-request' };
    const first = await begin({ epochs: 1 }, more);
    const second = await begin({ epochs: 1 }, more);
    expect(second.json.id).toBe(first.json.id);
    expect((await begin({ epochs: 2 }, more)).status).toBe(409);
    await ended(first.json.id);
    expect((await begin({ epochs: 1 }, more)).json.id).toBe(first.json.id);
  });

  it('is refused before it begins for data that are not there, and by a module that is not one', async () => {
    const data = (path_: string) => ({
      data: { data: { from: 'jupyter', path: path_ } }
    });
    expect((await begin({}, data('nothing'))).json).toMatchObject({
      status: 404,
      fields: { data: [expect.stringContaining('ENOENT')] }
    });
    expect((await begin({}, data('../up'))).status).toBe(400);
    const dataset = { data: { data: { from: 'dataset', id: 'none' } } };
    expect((await begin({}, dataset)).status).toBe(404);
    expect((await begin({}, { module: 'builtin/none' })).status).toBe(404);
    const page = await service.ask({
      method: 'POST',
      path: '/training/trainings',
      headers: { 'x-deep-client': 'jupyter:1' },
      body: {
        module: MODULE,
        arguments: {},
        data: { data: { from: 'path', path: '/etc' } }
      }
    });
    expect(page.status).toBe(403);
  });

  it('fails with the reason of the module', async () => {
    mkdirSync(path.join(root, 'empty'));
    const { json } = await begin(
      {},
      { data: { data: { from: 'jupyter', path: 'empty' } } }
    );
    const run = await ended(json.id);
    expect(run).toMatchObject({
      state: 'failed',
      error: {
        type: expect.stringMatching(/invalid-arguments$/),
        detail: expect.stringMatching(/no class with pictures/)
      }
    });
  });

  it('is cancelled in the module too', async () => {
    const id = await beginLong();
    const { status, json } = await service.post(`/runs/${id}/cancel`);
    expect([status, json.state]).toEqual([202, 'cancelled']);
    const { id: deployment } = await moduleOf(id);
    const { json: trainings } = await service.get(
      `/deployments/${deployment}/http/v2/models/image-classifier/train/`
    );
    expect(trainings).toEqual([]);
    expect((await service.post(`/runs/${id}/cancel`)).status).toBe(409);
    expect(
      (await service.ask({ method: 'DELETE', path: `/runs/${id}` })).status
    ).toBe(204);
  });

  it('says that its process ended when the module is killed', async () => {
    const id = await beginLong();
    const { pid } = await moduleOf(id);
    process.kill(pid!, 'SIGKILL');
    const run = await ended(id);
    expect(run).toMatchObject({
      state: 'interrupted',
      error: { detail: expect.stringMatching(/process ended.*(137|SIGKILL)/s) }
    });
    expect(run.training!.steps).toBeGreaterThan(3);
    expect(await stepsOf(id)).toHaveLength(run.training!.steps);
  });

  it('goes on through a kill of the service, and loses no number', async () => {
    const { json } = await begin({
      epochs: 300,
      patience: 0,
      batch_size: 4
    });
    await until(async () => (await stepsOf(json.id)).length > 3);
    await service.kill();
    writeFileSync(path.join(home.folder, 'killed'), '');
    service = await ServiceProcess.start(bundles.service, home);
    const run = await ended(json.id);
    expect(run).toMatchObject({
      state: 'succeeded',
      training: { steps: 300, model: { id: 'mine/pets' } }
    });
    expect(await stepsOf(json.id)).toEqual(
      Array.from({ length: 300 }, (_, index) => index + 1)
    );
    const log = await logOf(json.id);
    expect(log.match(/24 pictures of 2 classes/g)).toHaveLength(1);
  });

  it('is known to be done although service and module were gone when it ended', async () => {
    const { json } = await begin({ epochs: 40, patience: 0 });
    await until(async () => (await stepsOf(json.id)).length > 0);
    const { pid } = await moduleOf(json.id);
    await service.kill();
    const record = path.join(home.store, 'models/pets/training.json');
    await until(() => existsSync(record));
    process.kill(pid!, 'SIGKILL');
    service = await ServiceProcess.start(bundles.service, home);
    const run = await ended(json.id);
    expect(run).toMatchObject({
      state: 'succeeded',
      training: { model: { id: 'mine/pets' }, metrics: { epochs: 40 } }
    });
    expect(JSON.parse(readFileSync(record, 'utf8')).training).toBe(
      run.training!.training
    );
  });

  it('is interrupted when service and module are killed in the middle', async () => {
    const id = await beginLong();
    const { pid } = await moduleOf(id);
    await service.kill();
    process.kill(pid!, 'SIGKILL');
    service = await ServiceProcess.start(bundles.service, home);
    const run = await ended(id);
    expect(run).toMatchObject({
      state: 'interrupted',
      error: { detail: expect.stringMatching(/ended while nobody watched/) }
    });
    expect(existsSync(path.join(home.store, 'models/pets'))).toBe(false);
  });
});
