import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../../../../../stand-in/faultProxy';
import { Bundles, ROOT } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import { ContainersHere } from './containersHere';
import { BASE, PodmanHere } from '../../../../../../stand-in/podmanHere';

jest.setTimeout(240_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');
const MODULE = 'builtin/penguin-species';
const PENGUIN = {
  bill_length_mm: 46.1,
  bill_depth_mm: 13.2,
  flipper_length_mm: 211,
  body_mass_g: 4500
};
/** Rounds of kills, and how long making and removing take about. */
const KILLS = 3;
const MAKING_MS = 2500;
const REMOVING_MS = 1000;
const ODD = `it's "q" $(id) \`id\` : ; & ü 日本 %2e\n${'n'.repeat(150)}`;

const whyNot = PodmanHere.whyNot();
const describeHere = whyNot ? describe.skip : describe;
const title = `a model folder in a container${whyNot ? ` (skipped: ${whyNot})` : ''}`;

describeHere(title, () => {
  let bundles: Bundles;
  let podman: PodmanHere;
  let here: ContainersHere;
  /** One service for all: the image that serves models is built once. */
  let kept: string;

  beforeAll(async () => {
    bundles = new Bundles();
    podman = await PodmanHere.start();
    here = await ContainersHere.open(bundles, podman);
    addModel('penguin-species');
  });

  afterAll(async () => {
    await here?.close();
    await podman?.stop();
    bundles?.remove();
  });

  function addModel(name: string, folder = here.home.modules): string {
    const made = path.join(folder, name);
    cpSync(BUILT, made, { recursive: true });
    return made;
  }

  async function content(): Promise<object> {
    const { containers, images } = await podman.content();
    return { containers: containers.sort(), images: images.sort() };
  }

  const containersOf = async (id: string): Promise<string[]> =>
    (await podman.content()).containers.filter(name => name.includes(id));

  it('is one container after kills of the service while it is built, made and ready', async () => {
    const { id } = await here.begin(MODULE);
    kept = id;
    await here.says(id, 'Building the image that serves models');
    await here.killService();
    await here.says(id, 'Building the image of the model');
    await here.killService();
    await until(async () => (await containersOf(id)).length > 0);
    await here.killService();
    const ready = await here.ready(id);
    expect(ready).toMatchObject({
      target: 'container',
      targetId: 'container',
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      resources: '1 CPU, 500 MB',
      image: expect.stringMatching(/^localhost\/.*@sha256:[0-9a-f]{64}$/)
    });
    await here.killService();
    expect((await here.ready(id)).endpoint).toBe(ready.endpoint);
    expect(await containersOf(id)).toHaveLength(1);
    const log = await here.log(id);
    expect(log.match(/"event":"ready"/g)).toHaveLength(1);
  });

  it('answers as the process of this machine does, through everything that asks modules', async () => {
    const there = await here.predict(MODULE, PENGUIN);
    expect(there.deployment).toBe(kept);
    const api = await here.service.get(`/deployments/${kept}/api`);
    expect(Object.keys(api.json.predict.properties)).toContain('body_mass_g');
    const passed = await here.service.get(
      `/deployments/${kept}/http/v2/models/penguin-species/`
    );
    expect(passed.json.name).toBe('penguin-species');
    const { id } = (
      await here.service.post('/deployments', {
        module: MODULE,
        target: 'process'
      })
    ).json;
    await here.ready(id);
    const local = await here.predict(MODULE, PENGUIN);
    expect(local.deployment).toBe(id);
    expect(there.answer).toEqual(local.answer);
    await here.remove(id);
  });

  it('is stopped and started again, as the same container', async () => {
    await here.service.post(`/deployments/${kept}/stop`);
    await here.reaches(kept, 'stopped');
    const [name] = await containersOf(kept);
    const before = await podman.docker.getContainer(name.slice(1)).inspect();
    expect(before.State.Running).toBe(false);
    await here.service.post(`/deployments/${kept}/start`);
    await here.ready(kept);
    const after = await podman.docker.getContainer(name.slice(1)).inspect();
    expect(after.Id).toBe(before.Id);
    expect(after.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Memory: 500 * 1024 ** 2
    });
  });

  it('is unreachable while its engine is away, and comes back', async () => {
    await podman.pause();
    const { phase, error } = await here.reaches(kept, 'unreachable');
    expect(phase).toBe('Containers on this machine does not answer');
    expect(error).toContain(podman.socket);
    const checked = await here.service.post(
      '/deployments/targets/container/check'
    );
    expect(checked.json.state).toBe('unreachable');
    expect(checked.json.said).toContain('$DOCKER_HOST');
    expect(checked.json.said).toContain(podman.socket);
    const refused = await here.ask(MODULE);
    expect(refused.json.type).toBe('urn:jupyterlab-deep:target-unreachable');
    await podman.resume();
    await here.ready(kept);
    expect(await containersOf(kept)).toHaveLength(1);
  });

  it('can be asked by the engine that was found, which says who it is and what was tried', async () => {
    const { json } = await here.service.post(
      '/deployments/targets/container/check'
    );
    expect(json).toMatchObject({
      state: 'reachable',
      said: expect.stringMatching(/^Podman .* answers at unix:.*Before: /),
      used: expect.stringContaining('CPU')
    });
    const plan = await here.service.post(
      '/deployments/targets/container/plan',
      { module: MODULE }
    );
    expect(plan.json).toMatchObject({
      isPossible: true,
      options: { properties: { memoryMb: { minimum: 64 }, cpus: {} } }
    });
  });

  it('takes every kind of character in names of folders and files as it is', async () => {
    const odd = path.join(here.home.folder, `o'dd "$(touch x)" ü;&`);
    const folder = addModel('odd-names', odd);
    writeFileSync(path.join(folder, ODD), 'odd');
    mkdirSync(path.join(folder, 'examples', 'ü: a'), { recursive: true });
    writeFileSync(path.join(folder, 'examples', 'ü: a', 'empty'), '');
    await here.service.stop();
    const { modules } = here.home;
    await here.start({ DEEP_MODULES_PATH: `${modules}:${odd}` });
    for (const model of ['copied', 'mounted']) {
      const { id } = await here.begin('builtin/odd-names', { model });
      await here.ready(id);
      const container = podman.docker.getContainer(`jupyterlab-deep-${id}`);
      const archive = (await container.getArchive({
        path: '/opt/deep/model'
      })) as NodeJS.ReadableStream;
      const bytes = Buffer.concat(
        await (archive as never as ReadableStream).toArray()
      );
      expect(bytes.includes(ODD)).toBe(true);
      await here.remove(id);
    }
  });

  interface ReadableStream {
    toArray(): Promise<Buffer[]>;
  }

  it('fails in its own words when it crashes at its start', async () => {
    const folder = addModel('damaged');
    await here.service.post('/catalogue/refresh', { source: 'builtin' });
    await until(
      async () =>
        (await here.service.get('/catalogue/modules/builtin/damaged'))
          .status === 200
    );
    writeFileSync(path.join(folder, 'onnx/model.onnx'), 'no model');
    const { id } = await here.begin('builtin/damaged');
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain(
      'could not be started at Containers on this machine'
    );
    expect(error).toMatch(/exit code 2\. .*model/);
    expect(await here.log(id)).toContain('urn:jupyterlab-deep:model-invalid');
    await here.remove(id);
  });

  it('says which port is taken', async () => {
    const port = Number(new URL((await here.get(kept)).endpoint!).port);
    const { id } = await here.begin(MODULE, { port });
    const { error } = await here.reaches(id, 'failed');
    expect(error).toMatch(/address already in use.*Choose another port/s);
    expect(await containersOf(id)).toEqual([]);
  });

  it('has vanished when somebody removes its container', async () => {
    const { id } = await here.begin(MODULE);
    await here.ready(id);
    const [name] = await containersOf(id);
    await podman.docker.getContainer(name.slice(1)).remove({ force: true });
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('vanished');
    await here.remove(id);
  });

  it('is never two and leaves nothing, whenever the service is killed', async () => {
    const random = seeded(8);
    const before = await content();
    for (let round = 0; round < KILLS; round++) {
      const more = { requestId: `killed-${round}` };
      const asking = here.ask(MODULE, {}, more).catch(() => undefined);
      await sleep(random() * MAKING_MS);
      await here.killService();
      await asking;
      // Who asked does not know whether it was heard, and asks again.
      const { id } = await here.begin(MODULE, {}, more);
      await here.ready(id);
      expect(await containersOf(id)).toHaveLength(1);
      const path = `/deployments/${id}?remove=true`;
      const removing = here.service
        .ask({ method: 'DELETE', path })
        .catch(() => undefined);
      await sleep(random() * REMOVING_MS);
      await here.killService();
      await removing;
      await here.remove(id);
      expect(await content()).toEqual(before);
    }
  });

  it('leaves nothing when it is removed, also in the middle of its beginning', async () => {
    const { id } = await here.begin(MODULE);
    await here.says(id, 'Building the image of the model');
    await here.remove(id);
    expect(await containersOf(id)).toEqual([]);
    const { deployments } = (await here.service.get('/deployments')).json;
    for (const each of deployments) {
      await here.remove(each.id);
    }
    expect(await podman.content()).toEqual({ containers: [], images: [BASE] });
  });
});
