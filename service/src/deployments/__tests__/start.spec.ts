import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DeepError, Deployment, Module } from '@jupyterlab-deep/protocol';
import { TestHome, until } from '../../__tests__/home';
import { readSettings } from '../../admin/config';
import type { Catalogue } from '../../catalogue/catalogue';
import { EventStream } from '../../http/events';
import { findJupyterFolders, findPlaces } from '../../places';
import { Consents } from '../../pythonModules/consents';
import { SecretBox } from '../../store/secretBox';
import { openStore } from '../../store/database';
import { Store } from '../../store/store';
import { describeConnected } from '../connectedModule';
import { Deployments } from '../deployments';
import { ModuleProcess } from '../moduleProcess';
import { ProcessTarget } from '../processTarget';
import { DeploymentRecords } from '../records';
import { Targets } from '../targets/targets';
import { Loopback, standIn } from './loopback';

/** A module of a catalogue, known by two names. */
const PLANTS: Module = {
  ...describeConnected('plants', 'plants', {
    modelPath: '',
    metadata: {},
    predict: {},
    train: null,
    accepts: [],
    swagger: {}
  }),
  id: 'ai4eosc/plants',
  source: 'ai4eosc',
  origins: [
    { source: 'ai4eosc', id: 'ai4eosc/plants', title: 'AI4EOSC' },
    { source: 'deep', id: 'deep/DEEP-OC-plants', title: 'DEEP' }
  ]
};

describe('the use of a module', () => {
  let home: TestHome;
  let store: Store;
  let deployments: Deployments;
  let server: Loopback;
  let folder: string | undefined;
  let isBroken: boolean;
  let changes: number;

  /** A process that never answers. */
  const target = {
    socketOf: (id: string) => path.join(home.sockets, `${id}.sock`),
    start: (_id: string, _module: unknown, logFile: string) =>
      ModuleProcess.start(
        'sleep',
        ['1000'],
        { PATH: process.env.PATH! },
        logFile
      )
  } as unknown as ProcessTarget;

  /** Knows one module. */
  const catalogue = {
    get: async (id: string) => {
      if (!PLANTS.origins.some(origin => origin.id === id)) {
        throw new DeepError('not-found', `There is no module ${id}.`);
      }
      return { module: PLANTS, folder };
    },
    getUsable: (id: string) =>
      isBroken
        ? Promise.reject(new DeepError('module-broken', 'It is broken.'))
        : catalogue.get(id)
  } as Catalogue;

  async function open(): Promise<Deployments> {
    const jupyter = findJupyterFolders(home.env);
    const { database } = await openStore(home.store);
    store = new Store(home.store, database);
    await findPlaces(home.env, jupyter, home.store);
    const events = new EventStream();
    return new Deployments({
      catalogue,
      records: new DeploymentRecords(store, events),
      store,
      target,
      targets: new Targets({ events, disabled: [] }),
      consents: new Consents(path.join(home.store, 'consents.json')),
      secrets: new SecretBox(home.store, {}),
      settings: await readSettings(jupyter.config, home.env),
      onConnectionsChanged: () => changes++
    });
  }

  async function close(): Promise<void> {
    await deployments.close();
    store.close();
  }

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.store, { recursive: true });
    folder = undefined;
    isBroken = false;
    changes = 0;
    deployments = await open();
    server = await Loopback.start(standIn(['plants']));
  });

  afterEach(async () => {
    await close();
    await server.stop();
    home.remove();
  });

  const connect = (module?: string): Promise<Deployment> =>
    deployments.connect({ address: server.url, module, allowPrivate: true });

  it('is refused in words where it is an image that nothing runs', () =>
    expect(deployments.start('ai4eosc/plants')).rejects.toMatchObject({
      key: 'module-not-implemented',
      detail: expect.stringContaining('container image'),
      hint: expect.stringContaining('Connect to a running module')
    }));

  it('takes its connection, by any name that a catalogue gives it', async () => {
    const { id, module, title } = await connect('deep/DEEP-OC-plants');
    expect([module, title]).toEqual(['ai4eosc/plants', 'plants']);
    for (const name of ['ai4eosc/plants', 'deep/DEEP-OC-plants']) {
      expect((await deployments.start(name)).id).toBe(id);
    }
    expect(deployments.readyOf(PLANTS)?.deployment).toBe(id);
    expect([...deployments.readyModules()]).toEqual(['ai4eosc/plants']);
    expect(deployments.connectedModules()).toEqual([]);
  });

  it('takes the connection of one whose metadata is broken', async () => {
    isBroken = true;
    const { id } = await connect('ai4eosc/plants');
    expect((await deployments.start('ai4eosc/plants')).id).toBe(id);
  });

  it('takes what is ready elsewhere before it waits for a process here', async () => {
    folder = home.folder;
    const process = await deployments.start('ai4eosc/plants');
    const { id } = await connect('ai4eosc/plants');
    expect(process.target).toBe('process');
    expect((await deployments.start('ai4eosc/plants')).id).toBe(id);
  });

  it('is started here where its connection is lost', async () => {
    const { id } = await connect('ai4eosc/plants');
    await server.stop();
    await deployments.start('ai4eosc/plants');
    await deployments.explainEnd(id);
    await until(
      async () => (await deployments.get(id)).state === 'unreachable'
    );
    folder = home.folder;
    expect(await deployments.start('ai4eosc/plants')).toMatchObject({
      target: 'process',
      state: 'preparing'
    });
    expect(deployments.live).toBe(1);
  });

  it('is told to whoever shows what runs', async () => {
    const { id } = await connect();
    expect(changes).toBe(1);
    expect(deployments.connectedModules()).toMatchObject([
      { id: 'connected/plants' }
    ]);
    deployments.stop(id);
    expect(changes).toBe(2);
    expect(deployments.connectedModules()).toEqual([]);
    expect([...deployments.readyModules()]).toEqual([]);
  });

  it('goes on with the same connection after the service was started anew', async () => {
    const { id } = await connect();
    await close();
    const asked = server.asked.length;
    deployments = await open();
    expect(deployments.connectedModules()).toMatchObject([
      { id: 'connected/plants', title: 'plants' }
    ]);
    await until(async () => (await deployments.get(id)).state === 'ready');
    expect(server.asked.length).toBeGreaterThan(asked);
    await close();
    deployments = await open();
    const over = new AbortController();
    const ready = await deployments.use(
      'connected/plants',
      over.signal,
      () => undefined
    );
    expect(ready.deployment).toBe(id);
  });

  it('fails in words where its server is gone', async () => {
    const { id } = await connect();
    await close();
    await server.stop();
    deployments = await open();
    const over = new AbortController();
    await expect(
      deployments.use('connected/plants', over.signal, () => undefined)
    ).rejects.toMatchObject({
      key: 'module-unreachable',
      detail: expect.stringContaining('nothing listens there')
    });
    expect((await deployments.get(id)).state).toBe('unreachable');
  });
});
