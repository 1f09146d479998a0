import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { BASE } from '../../../../../../stand-in/podmanHere';
import { Bundles } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import {
  COLOURS,
  hasPython,
  makeModels
} from '../../../../models/__tests__/modelsHere';
import { ContainersHere } from './containersHere';
import { HostHere } from './hostHere';
import { RegistryHere } from './registryHere';

jest.setTimeout(240_000);

const TARGET = 'container:lab';
const MODEL = 'mine/colours';

const whyNot =
  (hasPython ? undefined : 'it needs .venv') ??
  (RegistryHere.isInstalled() ? undefined : 'docker-registry not installed') ??
  HostHere.whyNot();
const describeHere = whyNot ? describe.skip : describe;
const title = `a notebook's model on another host${whyNot ? ` (skipped: ${whyNot})` : ''}`;

/** The engine lives in a network of its own; SSH leads there, and nothing else. Its base image comes from a registry. */
describeHere(title, () => {
  let bundles: Bundles;
  let registry: RegistryHere;
  let host: HostHere;
  let here: ContainersHere;
  let base: string;
  let made: string;
  let id: string;

  beforeAll(async () => {
    bundles = new Bundles();
    host = await HostHere.start(async address => {
      registry = await RegistryHere.start({ address });
      return registry.host;
    });
    base = `${registry.host}/lab/base:latest`;
    const { docker } = host.podman;
    const repo = base.replace(/:latest$/, '');
    await docker.getImage(BASE).tag({ repo, tag: 'latest' });
    await host.podman.push(base);
    await docker.getImage(base).remove();
    await docker.getImage(BASE).remove();
    expect(await host.podman.content()).toEqual({ containers: [], images: [] });
    const env = {
      DEEP_TARGETS_MORE: JSON.stringify([host.setting]),
      DEEP_TARGETS_BASE_IMAGE: base
    };
    here = await ContainersHere.open(bundles, host.podman, env, TARGET);
    await saveModel();
  });

  afterAll(async () => {
    await here?.close();
    await host?.stop();
    await registry?.stop();
    bundles?.remove();
  });

  /** As a cell or the wizard saves what PyTorch exported. */
  async function saveModel(): Promise<void> {
    made = path.join(here.home.folder, 'made');
    mkdirSync(made);
    makeModels(made);
    const blue = {
      width: 9,
      height: 9,
      channels: 3,
      background: 'blue'
    } as const;
    await sharp({ create: blue }).png().toFile(path.join(made, 'blue.png'));
    const file = (name: string) => ({
      from: 'path',
      path: path.join(made, name)
    });
    const { status, text } = await here.service.post('/models', {
      file: file('torch.onnx'),
      name: 'colours',
      settings: COLOURS,
      example: { file: file('blue.png') }
    });
    expect([status, text]).toEqual([201, expect.any(String)]);
  }

  const predict = () =>
    here.predict(MODEL, {}, { image: { from: 'example', example: 'example' } });

  it('answers a prediction through the service, from a port that only that host can reach', async () => {
    const checked = await here.service.post(
      `/deployments/targets/${TARGET}/check`
    );
    expect(checked.json).toMatchObject({
      state: 'reachable',
      said: expect.stringContaining(`ssh://root@${host.address.there}`)
    });
    ({ id } = await here.begin(MODEL));
    const ready = await here.ready(id);
    expect(ready).toMatchObject({
      targetId: TARGET,
      endpoint: expect.stringMatching(/^unix:/)
    });
    const { deployment, answer } = await predict();
    expect(deployment).toBe(id);
    expect(answer).toMatchObject({
      labels: ['blue', expect.anything(), expect.anything()]
    });
    const [{ Ports }] = await host.podman.docker.listContainers();
    const [{ IP, PublicPort }] = Ports;
    expect(IP).toBe('127.0.0.1');
    expect(await host.answers(host.address.there, 22)).toBe(true);
    for (const address of [host.address.there, '127.0.0.1']) {
      expect(await host.answers(address, PublicPort)).toBe(false);
    }
    // It is brought here line by line, after the answer perhaps.
    await until(async () => (await here.log(id)).includes('"event":"ready"'));
  });

  it('is unreachable while the cable is out, and is the same one afterwards', async () => {
    const { since } = await here.get(id);
    host.unplug();
    try {
      const { phase } = await here.reaches(id, 'unreachable', 'failed');
      expect(phase).toBe('The lab does not answer');
    } finally {
      host.plug();
    }
    const back = await here.ready(id);
    expect(back.since).not.toBe(since);
    expect((await predict()).deployment).toBe(id);
    expect((await host.podman.content()).containers).toHaveLength(1);
  });

  it('is found there by the next service after a kill', async () => {
    await here.killService();
    await here.ready(id);
    expect((await predict()).deployment).toBe(id);
    expect((await host.podman.content()).containers).toHaveLength(1);
  });

  it('is stopped and started there, and leaves nothing there when it is removed', async () => {
    await here.service.post(`/deployments/${id}/stop`);
    await here.reaches(id, 'stopped');
    const [stopped] = await host.podman.docker.listContainers({ all: true });
    expect(stopped.State).toBe('exited');
    await here.service.post(`/deployments/${id}/start`);
    await here.ready(id);
    expect((await predict()).deployment).toBe(id);
    await here.remove(id);
    expect(await host.podman.content()).toEqual({ containers: [], images: [] });
  });
});
