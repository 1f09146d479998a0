import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError, Deployment, Module } from '@jupyterlab-deep/protocol';
import { TestHome, until } from '../../__tests__/home';
import { readSettings } from '../../admin/config';
import type { Catalogue } from '../../catalogue/catalogue';
import { EventStream } from '../../http/events';
import { findJupyterFolders } from '../../places';
import { Consents } from '../../pythonModules/consents';
import { SecretBox } from '../../store/secretBox';
import { openStore } from '../../store/database';
import { Store } from '../../store/store';
import { describeConnected } from '../connectedModule';
import { Deployments } from '../deployments';
import { ProcessTarget } from '../processTarget';
import { DeploymentRecords } from '../records';
import { Targets } from '../targets/targets';
import { Loopback, standIn } from './loopback';
import { StandInTarget } from './standInTarget';

jest.setTimeout(30_000);

const PLANTS: Module = {
  ...describeConnected('plants', 'plants', {
    modelPath: '',
    metadata: {},
    predict: {},
    train: null,
    accepts: [],
    swagger: {}
  }),
  id: 'lab/plants',
  source: 'lab',
  origins: [{ source: 'lab', id: 'lab/plants', title: 'Lab' }]
};

describe('a deployment at a target', () => {
  let home: TestHome;
  let store: Store;
  let events: EventStream;
  let deployments: Deployments;
  let target: StandInTarget;
  let server: Loopback;

  const catalogue = {
    get: async () => ({ module: PLANTS }),
    getUsable: async () => ({ module: PLANTS })
  } as unknown as Catalogue;

  async function open(env = {}): Promise<void> {
    const { database } = await openStore(home.store);
    store = new Store(home.store, database);
    events = new EventStream();
    const targets = new Targets({ events, disabled: [] });
    targets.add(target);
    const all = { ...home.env, ...env };
    deployments = new Deployments({
      catalogue,
      records: new DeploymentRecords(store, events),
      store,
      target: {} as ProcessTarget,
      targets,
      consents: new Consents(path.join(home.store, 'consents.json')),
      secrets: new SecretBox(home.store, {}),
      settings: await readSettings(findJupyterFolders(all).config, all)
    });
  }

  /** As a killed service leaves it: nobody is told. */
  async function leave(): Promise<void> {
    await deployments.close();
    store.close();
  }

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.store, { recursive: true });
    target = new StandInTarget();
    server = await Loopback.start(standIn(['plants']));
    await open();
  });

  afterEach(async () => {
    await leave();
    await server.stop();
    home.remove();
  });

  const begin = (wish = {}): Promise<Deployment> =>
    deployments.start(PLANTS.id, undefined, { target: target.id, ...wish });

  const reaches = (
    id: string,
    ...states: Deployment['state'][]
  ): Promise<Deployment> =>
    until(async () => {
      const now = await deployments.get(id);
      return states.includes(now.state) ? now : undefined;
    });

  const isGone = (id: string): Promise<true> =>
    until(() =>
      deployments.get(id).then(
        () => undefined,
        () => true
      )
    ) as Promise<true>;

  const runs = (): void =>
    target.now(target.only, {
      state: 'running',
      phase: '',
      endpoint: server.url,
      resources: '1 CPU'
    });

  const count = (order: string): number =>
    target.asked.filter(each => each.startsWith(order)).length;

  async function ready(wish = {}): Promise<Deployment> {
    const { id } = await begin(wish);
    await until(() => target.held.size === 1);
    runs();
    return reaches(id, 'ready');
  }

  const log = (id: string): string =>
    readFileSync(deployments.logFile(id), 'utf8');

  it('is ready only when its API has answered, and can be asked like any other', async () => {
    server.answer = (_request, response) => response.writeHead(503).end();
    const { id, state, options } = await begin({ options: { memoryMb: 700 } });
    expect(state).toBe('preparing');
    expect(options).toEqual({ memoryMb: 700, idleMinutes: 0 });
    await until(() => target.held.size === 1);
    expect(await reaches(id, 'starting')).toMatchObject({ phase: 'Pulling' });
    runs();
    await until(() => server.asked.length > 0);
    expect((await deployments.get(id)).state).toBe('starting');
    server.answer = standIn(['plants']);
    expect(await reaches(id, 'ready')).toMatchObject({
      target: 'container',
      targetId: target.id,
      resources: '1 CPU',
      endpoint: server.url,
      modelPath: '/v2/models/plants/'
    });
    target.held.get(target.only)!.memoryBytes = 5_000_000;
    await until(
      async () => (await deployments.get(id)).memoryBytes === 5_000_000
    );
    const over = new AbortController();
    const used = await deployments.use(PLANTS.id, over.signal, () => undefined);
    expect(used.deployment).toBe(id);
    const { value } = await used.client.predict({ top_k: 2 }, {});
    expect(value).toMatchObject({ top_k: 2 });
  });

  it('is one for the same request, also after a kill', async () => {
    const wish = { requestId: 'the-same-request' };
    const [first, second] = await Promise.all([begin(wish), begin(wish)]);
    expect(second.id).toBe(first.id);
    await until(() => target.held.size === 1);
    await leave();
    await open();
    expect((await begin(wish)).id).toBe(first.id);
    expect(count('begin')).toBe(1);
    await expect(
      deployments.start('lab/other', undefined, { ...wish, target: 'process' })
    ).resolves.toMatchObject({ id: first.id });
  });

  it('is not begun a second time where the kill came before its handle was written', async () => {
    const hanging = Promise.withResolvers<void>();
    target.beforeHandle = () => hanging.promise;
    const { id } = await begin();
    await until(() => target.held.size === 1);
    // Like a kill: what the first one hears from now on it cannot write down.
    const killed = deployments;
    store.close();
    await open();
    runs();
    expect(await reaches(id, 'ready')).toMatchObject({ id });
    expect(count('begin')).toBe(1);
    hanging.resolve();
    await killed.close();
  });

  it('is begun where the kill came before anything was at the target', async () => {
    target.isAway = true;
    await expect(begin()).rejects.toMatchObject({ key: 'target-unreachable' });
    expect(await deployments.list()).toEqual([]);
    target.isAway = false;
    target.plan = async () => {
      target.isAway = true;
      return {
        target: target.id,
        module: PLANTS.id,
        isPossible: true,
        options: { type: 'object' },
        says: [],
        warnings: []
      };
    };
    const { id } = await begin();
    await reaches(id, 'unreachable');
    await leave();
    target.isAway = false;
    await open();
    await until(() => target.held.size === 1);
    expect(count('begin')).toBe(1);
  });

  it('is unreachable while its target is away, and comes back', async () => {
    const { id } = await ready();
    target.isAway = true;
    const away = await reaches(id, 'unreachable');
    expect(away.phase).toBe('The stand-in does not answer');
    expect(away.error).toContain('The stand-in is away');
    await leave();
    await open();
    expect((await reaches(id, 'unreachable')).id).toBe(id);
    target.isAway = false;
    expect(await reaches(id, 'ready')).toMatchObject({ phase: '' });
    expect((await deployments.get(id)).error).toBeUndefined();
    expect(count('begin')).toBe(1);
  });

  it('is failed in words when it vanished meanwhile', async () => {
    const { id } = await ready();
    await leave();
    target.held.clear();
    await open();
    const { error } = await reaches(id, 'failed');
    expect(error).toContain('plants vanished');
  });

  it('is failed with the reason that its target gives, before and after it was ready', async () => {
    const { id } = await begin();
    await until(() => target.held.size === 1);
    const ended = { state: 'ended', phase: '', reason: 'No such file: w.pt' };
    target.now(target.only, ended as never, 'Traceback\n');
    expect((await reaches(id, 'failed')).error).toContain('No such file: w.pt');
    expect(log(id)).toContain('Traceback');
    await deployments.remove(id);
    await isGone(id);
    const { id: other } = await ready();
    target.now(target.only, ended as never);
    const { error } = await reaches(other, 'failed');
    expect(error).toContain('plants ended at The stand-in');
    const end = await deployments.explainEnd(other);
    expect(end).toBeUndefined();
  });

  it('tells whoever asked it why it is gone', async () => {
    const { id } = await ready();
    target.now(target.only, { state: 'ended', phase: '', reason: 'Killed.' });
    expect(await deployments.explainEnd(id)).toMatchObject({
      key: 'module-failed',
      detail: expect.stringContaining('Killed.')
    });
  });

  it('goes back with its target, and its address may change', async () => {
    const { id } = await ready();
    target.now(target.only, { state: 'waiting', phase: 'Restarting' });
    expect(await reaches(id, 'starting')).toMatchObject({
      phase: 'Restarting'
    });
    const other = await Loopback.start(standIn(['plants']));
    target.now(target.only, {
      state: 'running',
      phase: '',
      endpoint: other.url
    });
    expect(await reaches(id, 'ready')).toMatchObject({ endpoint: other.url });
    expect(deployments.ready(id).endpoint).toBe(other.url);
    await other.stop();
  });

  it('has its log once, over kills and after its end', async () => {
    const { id } = await ready();
    target.now(target.only, target.held.get(target.only)!.observed, 'one\n');
    await until(() => log(id).includes('one'));
    await leave();
    target.now(target.only, target.held.get(target.only)!.observed, 'two\n');
    await open();
    await until(() => log(id).includes('two'));
    deployments.stop(id);
    await reaches(id, 'stopped');
    expect(log(id)).toBe('making it\none\ntwo\n');
  });

  it('is stopped, started again where it is, and removed without a trace', async () => {
    const { id } = await ready();
    expect(deployments.stop(id).state).toBe('stopping');
    await reaches(id, 'stopped');
    expect(target.held.size).toBe(1);
    await deployments.startAgain(id);
    await until(() => count('start') === 1);
    runs();
    await reaches(id, 'ready');
    expect([count('begin'), count('start')]).toEqual([1, 1]);
    expect((await deployments.remove(id)).state).toBe('stopping');
    await isGone(id);
    expect(target.held.size).toBe(0);
    expect(existsSync(folderOf(id))).toBe(false);
  });

  const folderOf = (id: string): string =>
    path.join(home.store, 'deployments', id);

  it('is removed when its target can be reached again, also by the next service', async () => {
    const { id } = await ready();
    target.isAway = true;
    await deployments.remove(id);
    await until(async () =>
      (await deployments.get(id)).phase.includes('does not answer')
    );
    await leave();
    await open();
    target.isAway = false;
    await isGone(id);
    expect(target.held.size).toBe(0);
  });

  it('leaves nothing where it is stopped while it is begun', async () => {
    let isGoing = false;
    target.beforeHandle = async () => {
      isGoing = true;
      await new Promise(resolve => setTimeout(resolve, 50));
    };
    const { id } = await begin();
    await until(() => isGoing);
    deployments.stop(id);
    await reaches(id, 'stopped');
    target.asked.length = 0;
    await deployments.startAgain(id);
    await until(() => target.held.size === 1);
  });

  it('ends when nobody uses it for the time that was chosen', async () => {
    const { id } = await ready({ options: { idleMinutes: 0.02 } });
    expect(await reaches(id, 'stopped')).toMatchObject({
      phase: 'Stopped after 0.02 minutes without use'
    });
    expect(target.held.get(target.only)!.observed.state).toBe('stopped');
  });

  it('is stopped in words when it runs without ever answering', async () => {
    await leave();
    await open({ DEEP_TARGETS_START_SECONDS: '1' });
    server.answer = (_request, response) => response.writeHead(503).end();
    const { id } = await begin();
    await until(() => target.held.size === 1);
    target.now(target.only, target.first, 'fetching 1 %\n');
    runs();
    const { error } = await reaches(id, 'failed');
    expect(error).toContain('did not answer within 1 s');
    expect(error).toContain('fetching 1 %');
    expect(target.held.get(target.only)!.observed.state).toBe('stopped');
  });

  it('begins nothing without the word of its user, which holds for exactly one digest', async () => {
    target.code = { origin: 'hub/plants', commit: 'hub/plants', sees: [] };
    target.digest = 'sha256:one';
    await expect(begin()).rejects.toMatchObject({
      key: 'consent-needed',
      detail: expect.stringContaining('hub/plants'),
      technical: expect.stringContaining('"commit":"hub/plants"')
    });
    const agree = (commit: string): Promise<Deployment> =>
      deployments.start(PLANTS.id, { commit }, { target: target.id });
    const { id } = await agree('hub/plants');
    await until(() => target.held.size === 1);
    await deployments.remove(id);
    await isGone(id);
    await begin();
    await until(() => target.held.size === 1);
    target.digest = 'sha256:two';
    const { id: third } = await begin();
    const { error } = await reaches(third, 'failed');
    expect(error).toContain('sha256:two');
  });

  it('keeps passwords sealed, out of what everybody sees, and gives them to its target', async () => {
    const secret = 'correct horse';
    const { id, options } = await begin({ options: { password: secret } });
    expect(JSON.stringify(options)).not.toContain(secret);
    await until(() => target.held.size === 1);
    expect(target.held.get(target.only)!.options).toMatchObject({
      password: secret
    });
    const rows = store.read('SELECT * FROM deployments');
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(await deployments.get(id))).not.toContain(secret);
  });

  it('refuses what the plan does not offer, by name', async () => {
    await expect(begin({ options: { memoryMb: 1 } })).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { memoryMb: [expect.stringContaining('64')] }
    });
    await expect(begin({ target: 'container:none' })).rejects.toMatchObject({
      key: 'not-found',
      hint: expect.stringContaining(target.id)
    });
  });

  it('is left alone where its target is no longer known', async () => {
    const { id } = await ready();
    await leave();
    const known = target;
    target = Object.assign(new StandInTarget(), { id: 'container:other' });
    await open();
    expect(await deployments.get(id)).toMatchObject({
      state: 'unreachable',
      error: expect.stringContaining('container:stand-in')
    });
    expect(known.held.size).toBe(1);
    await deployments.remove(id);
    await isGone(id);
  });

  it('has a target that says what it answered when it was asked', async () => {
    expect(deployments.targets()).toMatchObject([{ state: 'unknown' }]);
    await until(() => deployments.targets()[0].state === 'reachable');
    target.isAway = true;
    expect(await deployments.checkTarget(target.id)).toMatchObject({
      state: 'unreachable',
      said: 'Nothing listens there.',
      checkedAt: expect.any(String)
    });
    await expect(deployments.checkTarget('im:none')).rejects.toBeInstanceOf(
      DeepError
    );
  });
});
