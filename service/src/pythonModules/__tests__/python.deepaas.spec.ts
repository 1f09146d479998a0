import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Consent, Deployment } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { ask, IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { isAlive, startOf } from '../../lifecycle/processes';
import {
  commitAll,
  copyProject,
  makeModule,
  makeRepository,
  missing,
  TOOLS
} from './samples';

const TINY = path.join(
  process.env.DEEP_TEST_DATA ?? path.join(ROOT, '../shared'),
  'samples/deepaas/tiny_module'
);

const suite = missing ? describe.skip : describe;

const title = missing
  ? `Python modules (skipped: there is no ${missing})`
  : 'Python modules';

suite(title, () => {
  const home = new TestHome();
  const repository = path.join(home.folder, 'repo');
  const folder = path.join(home.modules, 'leaves');
  const environments = path.join(home.store, 'python', 'environments');
  let bundles: Bundles;
  let service: ServiceProcess;
  let commit: string;
  let gitModule: string;

  const env = { ...TOOLS, DEEP_LIMITS_PYTHON_START_SECONDS: '60' };
  const launch = async (): Promise<void> => {
    service = await ServiceProcess.start(bundles.service, home, env);
  };

  beforeAll(async () => {
    bundles = new Bundles();
    commit = makeRepository(repository);
    copyProject(folder);
    await launch();
  });

  afterAll(async () => {
    await service?.stop();
    bundles?.remove();
    home.remove();
  });

  const add = async (body: object): Promise<string> => {
    const { json, status } = await service.post('/python/modules', body);
    expect(status).toBe(201);
    return json.id;
  };
  const start = (module: string, consent?: Consent): Promise<IAnswer> =>
    service.post('/deployments', { module, consent });
  const state = async (id: string): Promise<Deployment> =>
    (await service.get(`/deployments/${id}`)).json;
  const ended = (id: string): Promise<Deployment> =>
    until(async () => {
      const now = await state(id);
      return ['ready', 'failed', 'stopped'].includes(now.state)
        ? now
        : undefined;
    });
  const question = async (module: string) =>
    service.get(`/python/question?module=${encodeURIComponent(module)}`);
  const call = (
    { endpoint = '', modelPath = '' }: Deployment,
    what: string,
    args: object
  ): Promise<IAnswer> =>
    ask(endpoint.replace('unix:', ''), undefined, {
      method: 'POST',
      path: `${modelPath.replace(/\/?$/, '/')}${what}/`,
      body: args,
      headers: { accept: 'application/json' }
    });
  const stop = async (id: string): Promise<void> => {
    await service.ask({ method: 'DELETE', path: `/deployments/${id}` });
    await until(async () => (await state(id)).state === 'stopped');
  };

  it('are listed from a folder, with what their project says', async () => {
    const { json } = await service.get('/catalogue/modules/builtin/leaves');
    expect(json).toMatchObject({
      runtime: 'python',
      version: '1.2.0',
      summary: expect.stringContaining('Counts the bytes'),
      broken: false,
      fit: { state: 'environment' }
    });
  });

  it('do not start before their user agreed; the refusal names origin, commit and how to agree', async () => {
    gitModule = await add({ git: repository });
    const { status, json } = await start(gitModule);
    expect(status).toBe(403);
    expect(json.type).toBe('urn:jupyterlab-deep:consent-needed');
    expect(json.detail).toContain(repository);
    expect(json.detail).toContain(commit.slice(0, 12));
    expect(json.hint).toContain(`consent: '${commit}'`);
    expect((await service.get('/deployments')).json.deployments).toEqual([]);
    const prediction = { module: gitModule, arguments: {}, files: {} };
    const refused = await service.post('/inference/predictions', prediction);
    expect(refused.json.type).toBe('urn:jupyterlab-deep:consent-needed');
  });

  it('say what they would install and reach, without running', async () => {
    const { json } = await question(gitModule);
    expect(json).toMatchObject({ kind: 'git', origin: repository, commit });
    expect(json.requirements).toContain('deepaas==2.6.0');
    expect(json.requirements.length).toBeGreaterThan(30);
    expect(json.lock).toMatch(/^[0-9a-f]{16}$/);
    expect(json.confinement).toMatch(/bubblewrap/);
    expect(existsSync(environments)).toBe(false);
  });

  it('never count as installed when a kill came in the middle', async () => {
    const { json } = await question(gitModule);
    const begun = await start(gitModule, { commit, lock: json.lock });
    expect(begun.status).toBe(202);
    await until(async () =>
      /^Installing \d+ of/.test((await state(begun.json.id)).phase)
    );
    await service.kill();
    await launch();
    expect(await ended(begun.json.id)).toMatchObject({ state: 'failed' });
    const listed = await service.get('/python/environments');
    expect(listed.json.environments).toEqual([]);
  });

  let first: Deployment;

  it('start in an environment of their own and answer on a unix socket, by the consent that was given before', async () => {
    const begun = await start(gitModule);
    expect(begun.status).toBe(202);
    const phases = new Set<string>();
    first = await until(async () => {
      const now = await state(begun.json.id);
      phases.add(now.phase);
      expect(now.error).toBeUndefined();
      return now.state === 'ready' ? now : undefined;
    });
    expect(
      [...phases].some(phase => /^Installing \d+ of 4\d/.test(phase))
    ).toBe(true);
    expect(phases).toContain('Warming up');
    expect(first.backend).toMatch(/^Python 3\.\d+: .*bubblewrap/);
    const { json } = await call(first, 'predict', {});
    expect(json.predictions.weights).toBe('weights');
    const log = await service.get(`/deployments/${first.id}/log`);
    expect(log.text).toContain('Running on');
  });

  it('see neither the files of their user nor ours, where bubblewrap confines them', async () => {
    const { json: asked } = await question(gitModule);
    if (!asked.isConfined) {
      expect(asked.confinement).toMatch(/it can read and change/);
      return;
    }
    const secret = path.join(home.folder, 'secret.txt');
    writeFileSync(secret, 'x');
    for (const file of [
      secret,
      service.discovery.socket,
      path.join(home.store, 'deep.sqlite')
    ]) {
      const { json } = await call(first, 'predict', { path: file });
      expect([file, json.predictions.readable]).toEqual([file, false]);
    }
    const { json } = await call(first, 'predict', { write: '/usr/x' });
    expect(json.predictions.error).toMatch(/Read-only/);
  });

  it('predict while they train', async () => {
    const training = await call(first, 'train', { seconds: 5 });
    expect(training.json.status).toBe('running');
    const since = Date.now();
    const { status } = await call(first, 'predict', {});
    expect(status).toBe(200);
    expect(Date.now() - since).toBeLessThan(3000);
  });

  it('are taken up by the next service after a kill', async () => {
    await service.kill();
    await launch();
    const again = await until(async () => {
      const now = await state(first.id);
      return now.state === 'ready' ? now : undefined;
    });
    expect(again.pid).toBe(first.pid);
    expect((await call(again, 'predict', {})).status).toBe(200);
    const listed = await service.get('/python/environments');
    expect(listed.json.environments).toMatchObject([{ inUse: true }]);
  });

  it('keep their environment while they run in it', async () => {
    const { json } = await service.get('/python/environments');
    const [{ id }] = json.environments;
    const refused = await service.ask({
      method: 'DELETE',
      path: `/python/environments/${id}`
    });
    expect(refused.status).toBe(409);
    expect(refused.json.hint).toContain('Stop the module');
  });

  it('end whole when they are stopped', async () => {
    const pid = first.pid as number;
    const began = (await startOf(pid)) as string;
    await stop(first.id);
    expect(await isAlive(pid, began)).toBe(false);
    expect(existsSync((first.endpoint ?? '').replace('unix:', ''))).toBe(false);
  });

  it('ask again for another commit, and run the one that was agreed to until then', async () => {
    writeFileSync(path.join(repository, 'NEWS'), 'new');
    const next = commitAll(repository);
    expect((await question(gitModule)).json).toMatchObject({
      commit: next,
      agreed: { commit }
    });
    const { json } = await service.get('/python/consents');
    expect(json.consents).toMatchObject([{ commit, origin: repository }]);
    await service.ask({
      method: 'DELETE',
      path: `/python/consents/${json.consents[0].id}`
    });
    expect((await start(gitModule)).json.detail).toContain(next.slice(0, 12));
  });

  let local: Deployment;

  it('start from a folder in the environment that is there', async () => {
    const { json } = await question('builtin/leaves');
    expect(json.kind).toBe('folder');
    const begun = await start('builtin/leaves', {
      commit: json.commit,
      lock: json.lock
    });
    local = await ended(begun.json.id);
    expect(local).toMatchObject({ state: 'ready' });
    const listed = await service.get('/python/environments');
    expect(listed.json.environments).toMatchObject([
      { modules: [gitModule, 'builtin/leaves'], inUse: true }
    ]);
  });

  it('start anew by themselves when their weights change, and show the new ones', async () => {
    writeFileSync(path.join(folder, 'models', 'larger.txt'), 'x');
    const next = await until(async () => {
      const { json } = await service.get('/deployments');
      return (json.deployments as Deployment[]).find(
        each =>
          each.module === 'builtin/leaves' &&
          each.id !== local.id &&
          each.state === 'ready'
      );
    });
    expect((await state(local.id)).phase).toContain('weights have changed');
    const api = await service.get(`/deployments/${next.id}/api`);
    expect(api.json.predict.properties.weights.enum).toEqual([
      'larger',
      'weights'
    ]);
    await stop(next.id);
  });

  const faulty = async (name: string, code: string): Promise<Deployment> => {
    const place = path.join(home.folder, name);
    makeModule(place, name, code);
    const module = await add({ folder: place });
    const { json } = await question(module);
    const begun = await start(module, { commit: json.commit, lock: json.lock });
    return ended(begun.json.id);
  };

  it('say in words that their import fails', async () => {
    const { state: now, error } = await faulty('lost', 'import not_there\n');
    expect(now).toBe('failed');
    expect(error).toContain("ModuleNotFoundError: No module named 'not_there'");
  });

  it('say in words that warm() fails', async () => {
    const { error } = await faulty(
      'cold',
      'def warm():\n    raise ValueError("the weights are gone")\n\ndef predict(**args):\n    return 1\n'
    );
    expect(error).toContain('ValueError: the weights are gone');
  });

  it('are stopped in the middle of a warm-up that never ends', async () => {
    const place = path.join(home.folder, 'stuck');
    makeModule(
      place,
      'stuck',
      'import time\n\ndef warm():\n    time.sleep(1000)\n\ndef predict(**args):\n    return 1\n'
    );
    const module = await add({ folder: place });
    const { json } = await question(module);
    const begun = await start(module, { commit: json.commit, lock: json.lock });
    await until(
      async () => (await state(begun.json.id)).phase === 'Warming up'
    );
    await stop(begun.json.id);
  });

  it('say what stands in the way of their packages', async () => {
    const place = path.join(home.folder, 'wants');
    makeModule(place, 'wants', 'def predict(**args):\n    return 1\n');
    const file = path.join(place, 'pyproject.toml');
    writeFileSync(
      file,
      '[project]\nname = "wants"\nversion = "1"\ndependencies = ["deepaas==2.6.0", "aiohttp<2"]\n[project.entry-points."deepaas.v2.model"]\nwants = "wants"\n'
    );
    const module = await add({ folder: place });
    const { json } = await question(module);
    expect(json.note).toMatch(/no versions of its packages that fit together/);
    const begun = await start(module, { commit: json.commit });
    expect((await ended(begun.json.id)).error).toMatch(/fit together/);
  });

  it('are refused where no entry point names them', async () => {
    const place = path.join(home.folder, 'plain');
    mkdirSync(place);
    writeFileSync(
      path.join(place, 'pyproject.toml'),
      '[project]\nname = "plain"\nversion = "1"\ndependencies = []\n'
    );
    const { status, json } = await question(await add({ folder: place }));
    expect(status).toBe(422);
    expect(json.detail).toContain(
      'declares no entry point in the group deepaas.v2.model'
    );
  });

  (existsSync(TINY) ? it : it.skip)(
    'answer with every kind of argument, as the fixture tiny_module (DEEP_TEST_DATA) has them',
    async () => {
      const place = path.join(home.folder, 'tiny');
      cpSync(TINY, place, { recursive: true });
      chmodSync(place, 0o755);
      const module = await add({ folder: place });
      const { json } = await question(module);
      const begun = await start(module, { commit: json.commit });
      const now = await ended(begun.json.id);
      expect(now).toMatchObject({
        state: 'ready',
        modelPath: '/v2/models/tiny/'
      });
      const answer = await call(now, 'predict', { top_k: 5, flag: true });
      expect(answer.json.predictions.args).toMatchObject({
        top_k: 5,
        flag: true
      });
      await stop(now.id);
    }
  );

  it('leave no environment when it is deleted', async () => {
    const { json } = await service.get('/python/environments');
    const [{ id, sizeBytes }] = json.environments;
    expect(sizeBytes).toBeGreaterThan(20e6);
    const { status } = await service.ask({
      method: 'DELETE',
      path: `/python/environments/${id}`
    });
    expect(status).toBe(204);
    expect(readdirSync(environments)).toEqual([]);
  });
});
