import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from './bundles';
import { IAnswer } from './client';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(60_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/image-classifier');
const CAT = path.join(BUILT, 'examples/cat.jpg');
const MODULE = 'builtin/image-classifier';
const whenBuilt = existsSync(path.join(BUILT, 'onnx/model.onnx'))
  ? describe
  : describe.skip;

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) &&
  !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

whenBuilt('predictions (need the built image classifier)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    symlinkSync(BUILT, path.join(home.modules, 'image-classifier'));
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterEach(async () => {
    if (existsSync(home.discovery)) {
      await resumeAll();
      await service.stop();
    }
    home.remove();
  });

  const begin = (
    files: object,
    args: object = { top_k: 3 },
    headers = {}
  ): Promise<IAnswer> =>
    service.ask({
      method: 'POST',
      path: '/inference/predictions',
      body: { module: MODULE, arguments: args, files },
      headers
    });

  const example = { image: { from: 'example', example: 'cat' } };

  async function ended(answer: IAnswer): Promise<Run> {
    expect(answer.status).toBe(202);
    const { id } = answer.json as Run;
    return until(async () => {
      const run: Run = (await service.get(`/runs/${id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  const deployments = async (): Promise<Deployment[]> =>
    (await service.get('/deployments')).json.deployments;

  async function ready(): Promise<Deployment & { pid: number }> {
    await service.post('/deployments', { module: MODULE });
    const deployment = await until(async () =>
      (await deployments()).find(({ state }) => state === 'ready')
    );
    return deployment as Deployment & { pid: number };
  }

  /** A stopped process cannot end. */
  async function resumeAll(): Promise<void> {
    for (const { pid } of await deployments()) {
      if (pid !== undefined && isAlive(pid)) {
        process.kill(pid, 'SIGCONT');
      }
    }
  }

  it('start the module by themselves and end with what is on the picture', async () => {
    const first = await begin(example);
    expect(first.json.state).toBe('queued');
    const run = await ended(first);
    expect(run).toMatchObject({
      state: 'succeeded',
      title: 'Image classifier: cat.jpg',
      result: { contentType: 'application/json' }
    });
    const result = await service.get(`/runs/${run.id}/result`);
    expect(result.json.labels[0]).toBe('Egyptian Mau');
    expect(result.headers['content-security-policy']).toBe('sandbox');
    const picture = await service.get(`/inference/inputs/${run.id}/image`);
    expect(picture.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(readFileSync(CAT).length)
    });
  });

  it('use one module for all, and tell each of their steps', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => begin(example)));
    const all = await Promise.all(runs.map(ended));
    expect(all.map(({ state }) => state)).toEqual(all.map(() => 'succeeded'));
    expect(await deployments()).toHaveLength(1);
    const [deployment] = await deployments();
    expect(deployment).toMatchObject({ state: 'ready', phase: '' });
    expect(deployment.backend).toMatch(/^(cpu|cuda)/);
    expect(deployment.memoryBytes).toBeGreaterThan(10_000_000);
  });

  it('take a file below the root of Jupyter, and keep what was predicted', async () => {
    const root = path.join(home.folder, 'wörk');
    mkdirSync(path.join(root, 'my photos'), { recursive: true });
    const file = path.join(root, 'my photos', '100 %.jpg');
    cpSync(CAT, file);
    const run = await ended(
      await begin(
        { image: { from: 'jupyter', path: 'my photos/100 %.jpg' } },
        {},
        { 'x-deep-root': encodeURI(root), 'x-deep-client': 'jupyter:1' }
      )
    );
    expect(run.state).toBe('succeeded');
    writeFileSync(file, 'changed');
    const picture = await service.get(`/inference/inputs/${run.id}/image`);
    expect(picture.headers['content-length']).toBe(
      String(readFileSync(CAT).length)
    );
  });

  it('take an upload, again and again', async () => {
    const bytes = readFileSync(CAT);
    const upload = (
      await service.post('/inference/uploads', {
        filename: 'c.jpg',
        sizeBytes: bytes.length
      })
    ).json;
    const input = { image: { from: 'upload', id: upload.id } };
    expect((await begin(input)).status).toBe(409);
    await service.ask({
      method: 'PUT',
      path: `/inference/uploads/${upload.id}?offset=0`,
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' }
    });
    for (const top_k of [1, 2]) {
      const run = await ended(await begin(input, { top_k }));
      expect(run.state).toBe('succeeded');
      const { labels } = (await service.get(`/runs/${run.id}/result`)).json;
      expect(labels).toHaveLength(top_k);
    }
  });

  it('take a path from a kernel and not from a browser', async () => {
    const input = { image: { from: 'path', path: CAT } };
    const kernel = { 'x-deep-client': `kernel:${process.pid}` };
    const run = await ended(await begin(input, {}, kernel));
    expect(run.state).toBe('succeeded');
    const refused = await begin(input, {}, { 'x-deep-client': 'jupyter:1' });
    expect(refused.status).toBe(403);
  });

  it('refuse wrong arguments by their names, before and after the start', async () => {
    const wrong = { top_k: 0, top: 1 };
    const fields = {
      image: ['It is required.'],
      top: [expect.stringContaining('no such argument')],
      top_k: [expect.stringContaining('>= 1')]
    };
    const run = await ended(await begin({}, wrong));
    expect(run).toMatchObject({ state: 'failed', error: { fields } });
    const refused = await begin({}, wrong);
    expect(refused.status).toBe(422);
    expect(refused.json.fields).toEqual(fields);
  });

  it('refuse an empty and a missing file at once, and a file that is no picture after a look', async () => {
    const root = home.folder;
    writeFileSync(path.join(root, 'empty.jpg'), '');
    writeFileSync(path.join(root, 'text.jpg'), 'this is text');
    const of = (name: string): Promise<IAnswer> =>
      begin(
        { image: { from: 'jupyter', path: name } },
        {},
        { 'x-deep-root': root }
      );
    expect((await of('empty.jpg')).json.fields.image[0]).toContain('is empty');
    expect((await of('none.jpg')).json.fields.image[0]).toContain(
      'does not exist'
    );
    const run = await ended(await of('text.jpg'));
    expect(run.state).toBe('failed');
    expect(run.error?.status).toBe(422);
    expect(run.error?.detail).toContain('picture');
    const after = await ended(await begin(example));
    expect(after.state).toBe('succeeded');
  });

  it('are cancelled while the module works', async () => {
    const { pid } = await ready();
    process.kill(pid, 'SIGSTOP');
    const { id } = (await begin(example)).json as Run;
    await until(
      async () => (await service.get(`/runs/${id}`)).json.phase === 'Predicting'
    );
    const cancelled = await service.post(`/runs/${id}/cancel`);
    expect(cancelled.status).toBe(202);
    expect(cancelled.json.state).toBe('cancelled');
    expect((await service.post(`/runs/${id}/cancel`)).status).toBe(409);
    process.kill(pid, 'SIGCONT');
    expect((await ended(await begin(example))).state).toBe('succeeded');
  });

  it('are cancelled and deleted while they wait for their turn', async () => {
    const { pid } = await ready();
    process.kill(pid, 'SIGSTOP');
    const begun: IAnswer[] = [];
    for (let i = 0; i < 9; i++) {
      begun.push(await begin(example));
    }
    const { id } = begun.pop()?.json as Run;
    const stateOf = async (id: string): Promise<string> =>
      (await service.get(`/runs/${id}`)).json.phase;
    await until(async () => {
      const phases = await Promise.all(
        begun.map(({ json }) => stateOf(json.id))
      );
      return phases.every(phase => phase === 'Predicting');
    });
    expect(await stateOf(id)).toBe('Waiting for its turn');
    expect((await service.post(`/runs/${id}/cancel`)).status).toBe(202);
    const path = `/runs/${id}`;
    expect((await service.ask({ method: 'DELETE', path })).status).toBe(204);
    process.kill(pid, 'SIGCONT');
    const runs = await Promise.all(begun.map(ended));
    expect(runs.map(({ state }) => state)).toEqual(runs.map(() => 'succeeded'));
    expect((await ended(await begin(example))).state).toBe('succeeded');
    expect((await service.get(path)).status).toBe(404);
  });

  it('say why they failed when the module was killed, and start it again', async () => {
    const { pid, id } = await ready();
    process.kill(pid, 'SIGSTOP');
    const answer = await begin(example);
    await until(
      async () =>
        (await service.get(`/runs/${answer.json.id}`)).json.phase ===
        'Predicting'
    );
    process.kill(pid, 'SIGKILL');
    const run = await ended(answer);
    expect(run.error?.type).toBe('urn:jupyterlab-deep:module-failed');
    expect(run.error?.detail).toContain('SIGKILL');
    const dead = (await service.get(`/deployments/${id}`)).json;
    expect(dead.state).toBe('failed');
    expect(dead.error).toContain('SIGKILL');
    expect((await ended(await begin(example))).state).toBe('succeeded');
    expect((await ready()).pid).not.toBe(pid);
  });

  it('outlive a killed service: the next one adopts the module', async () => {
    const before = await ready();
    process.kill(before.pid, 'SIGSTOP');
    const { id } = (await begin(example)).json as Run;
    await until(
      async () => (await service.get(`/runs/${id}`)).json.phase === 'Predicting'
    );
    await service.kill();
    process.kill(before.pid, 'SIGCONT');
    service = await ServiceProcess.start(bundles.service, home);
    const run: Run = (await service.get(`/runs/${id}`)).json;
    expect(run.state).toBe('interrupted');
    const after = await ready();
    expect([after.id, after.pid]).toEqual([before.id, before.pid]);
    expect((await ended(await begin(example))).state).toBe('succeeded');
    expect(await service.stop()).toBe(0);
    expect(isAlive(before.pid)).toBe(false);
  });

  it('are not asked of a stranger that has got the pid of a lost module', async () => {
    const { pid, id } = await ready();
    await service.kill();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    const { DatabaseSync } = await import('node:sqlite');
    const store = new DatabaseSync(path.join(home.store, 'deep.sqlite'));
    const row = store
      .prepare('SELECT document FROM deployments WHERE id = ?')
      .get(id) as { document: string };
    const stranger = { ...JSON.parse(row.document), pid: process.pid };
    store
      .prepare('UPDATE deployments SET document = ? WHERE id = ?')
      .run(JSON.stringify(stranger), id);
    store.close();
    service = await ServiceProcess.start(bundles.service, home);
    await until(async () => (await deployments())[0].state === 'failed');
    expect((await ended(await begin(example))).state).toBe('succeeded');
  });

  it('leave no process behind when the service ends, even a stuck one', async () => {
    const { pid } = await ready();
    const folder = path.dirname(service.discovery.socket);
    process.kill(pid, 'SIGSTOP');
    expect(await service.stop()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('end with a timeout after the time that is allowed', async () => {
    await service.stop();
    service = await ServiceProcess.start(bundles.service, home, {
      DEEP_LIMITS_PREDICT_MINUTES: '0.05'
    });
    const { pid } = await ready();
    process.kill(pid, 'SIGSTOP');
    const run = await ended(await begin(example));
    expect(run.error?.type).toBe('urn:jupyterlab-deep:timeout');
  });

  describe('of a module that runs', () => {
    it('can be stopped, and its next use starts it anew', async () => {
      const { id, pid } = await ready();
      const stopping = await service.ask({
        method: 'DELETE',
        path: `/deployments/${id}`
      });
      expect(stopping.status).toBe(202);
      expect(stopping.json.state).toBe('stopping');
      await until(async () => (await deployments())[0].state === 'stopped');
      expect(isAlive(pid)).toBe(false);
      expect((await ready()).id).not.toBe(id);
    });

    it('has an API, a log and a harmless way through', async () => {
      const { id } = await ready();
      const api = (await service.get(`/deployments/${id}/api`)).json;
      expect(Object.keys(api.predict.properties)).toEqual(['image', 'top_k']);
      const log = await service.get(`/deployments/${id}/log?offset=0`);
      expect(log.text).toContain('"ready"');
      expect(Number(log.headers['x-deep-offset'])).toBe(log.text.length);
      const list = await service.get(`/deployments/${id}/http/v2/models/`);
      expect(list.json.models).toHaveLength(1);
      expect(list.headers).toMatchObject({
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
        'content-disposition': 'inline'
      });
      const moved = await service.get(`/deployments/${id}/http/v2/models`);
      expect(moved.status).toBe(502);
      expect(moved.headers.location).toBeUndefined();
    });

    it('ends by itself when nobody uses it', async () => {
      await service.stop();
      service = await ServiceProcess.start(bundles.service, home, {
        DEEP_LIMITS_MODULE_IDLE_MINUTES: '0.02'
      });
      const { pid } = await ready();
      await until(async () => (await deployments())[0].state === 'stopped');
      expect(isAlive(pid)).toBe(false);
      expect((await deployments())[0].phase).toContain('without use');
    });

    it('ends by itself also when another service started it', async () => {
      const env = { DEEP_LIMITS_MODULE_IDLE_MINUTES: '0.05' };
      await service.stop();
      service = await ServiceProcess.start(bundles.service, home, env);
      const { pid } = await ready();
      await service.kill();
      service = await ServiceProcess.start(bundles.service, home, env);
      await until(async () => (await deployments())[0].state === 'stopped');
      expect(isAlive(pid)).toBe(false);
    });
  });

  it('of a damaged model fail with what the model says', async () => {
    const folder = path.join(home.modules, 'damaged');
    cpSync(BUILT, folder, { recursive: true });
    writeFileSync(path.join(folder, 'onnx/model.onnx'), 'no model');
    const answer = await service.post('/inference/predictions', {
      module: 'builtin/damaged',
      arguments: {},
      files: {}
    });
    const run = await ended(answer);
    expect(run.state).toBe('failed');
    expect(run.error?.type).toBe('urn:jupyterlab-deep:model-invalid');
    expect((await deployments())[0].state).toBe('failed');
  });

  it('of a broken module are refused with its reasons', async () => {
    mkdirSync(path.join(home.modules, 'bare'));
    const refused = await service.post('/inference/predictions', {
      module: 'builtin/bare',
      arguments: {},
      files: {}
    });
    expect(refused.status).toBe(422);
    expect(refused.json.detail).toContain('module.json cannot be read');
  });

  it('can be had as a notebook', async () => {
    const reply = await service.post('/inference/notebook', {
      module: MODULE,
      language: 'python'
    });
    expect(reply.status).toBe(200);
    expect(reply.json.notebook.nbformat).toBe(4);
    expect(reply.text).not.toContain(service.discovery.token);
  });
});
