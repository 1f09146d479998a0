import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Bundles } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import { PodmanHere } from '../../../../../../stand-in/podmanHere';
import {
  addImageModule,
  agreeTo,
  DEEP_START,
  makeNode,
  publish
} from './catalogueHere';
import { ContainersHere } from './containersHere';
import { RegistryHere } from './registryHere';

jest.setTimeout(240_000);

const OWNER = 'deephdc';
const whyNot =
  PodmanHere.whyNot() ??
  (RegistryHere.isInstalled() ? undefined : 'docker-registry not installed');
const describeHere = whyNot ? describe.skip : describe;
const title = `an image of a catalogue in a container${whyNot ? ` (skipped: ${whyNot})` : ''}`;

describeHere(title, () => {
  let bundles: Bundles;
  let podman: PodmanHere;
  let registry: RegistryHere;
  let locked: RegistryHere;
  let here: ContainersHere;

  beforeAll(async () => {
    bundles = new Bundles();
    [podman, registry, locked] = await Promise.all([
      PodmanHere.start(),
      RegistryHere.start(),
      RegistryHere.start({ isLocked: true })
    ]);
    await podman.pause();
    podman.allowRegistry(registry.host, locked.host);
    await podman.resume();
    await makeImages();
    here = await ContainersHere.open(bundles, podman, {
      DEEP_TARGETS_MIRRORS: JSON.stringify({
        'docker.io/deephdc': `${registry.host}/${OWNER}`,
        'docker.io/locked': `${locked.host}/${OWNER}`
      }),
      DEEP_TARGETS_START_SECONDS: '20'
    });
  });

  afterAll(async () => {
    await here?.close();
    await Promise.all([podman?.stop(), registry?.stop(), locked?.stop()]);
    bundles?.remove();
  });

  async function makeImages(): Promise<void> {
    await makeNode(podman);
    for (const [host, name, ...words] of [
      [registry.host, 'plants', 'own'],
      [registry.host, 'silent', 'silent'],
      [locked.host, 'plants', 'locked']
    ]) {
      await publish(podman, `${host}/${OWNER}/${name}:latest`, words);
    }
    const lab = `${registry.host}/${OWNER}/lab:latest`;
    await publish(podman, lab, [], DEEP_START);
  }

  const addModule = (name: string, image: string): Promise<string> =>
    addImageModule(here, name, image);

  const agreed = (module: string, options = {}): Promise<string> =>
    agreeTo(here, module, options);

  let plants: string;
  let module: string;

  it('runs only after consent, is fetched from its mirror, and goes on over a kill meanwhile', async () => {
    module = await addModule('plants', 'deephdc/plants');
    const refused = await here.ask(module);
    expect(refused.status).toBe(403);
    expect(refused.json.detail).toContain('docker.io/deephdc/plants:latest');
    expect((await podman.content()).containers).toEqual([]);
    plants = await agreed(module);
    await here.says(plants, 'Fetching the image');
    await here.killService();
    const ready = await here.ready(plants);
    expect(ready.image).toMatch(
      /^docker\.io\/deephdc\/plants:latest@sha256:[0-9a-f]{64}$/
    );
    expect((await podman.content()).containers).toHaveLength(1);
    const log = await until(async () => {
      const text = await here.log(plants);
      return text.includes('started with') ? text : undefined;
    });
    expect(log).toContain(`Fetching ${registry.host}/deephdc/plants:latest`);
    expect(log).toContain('This image has no deep-start');
    expect(log).toContain('started with ["own"] 5000');
    const { answer } = await here.predict(module, { top_k: 3 });
    expect(answer).toMatchObject({ top_k: 3 });
  });

  it('is agreed to by its digest: the same one is not asked for again', async () => {
    const { consents } = (await here.service.get('/python/consents')).json;
    const [{ origin, commit }] = consents;
    expect(origin).toBe('image docker.io/deephdc/plants:latest');
    expect((await here.get(plants)).image).toContain(commit);
    const { id } = await here.begin(module);
    await here.ready(id);
    await here.remove(id);
  });

  it('says that it was killed for its memory, and how much it had', async () => {
    const { id } = await here.begin(module, { memoryMb: 120 });
    await here.ready(id);
    await here.service.get(`/deployments/${id}/http/eat`);
    const { error } = await here.reaches(id, 'failed');
    expect(error).toMatch(/exit code 137.*out of memory \(limit 120 MB\)/s);
    await here.remove(id);
  });

  it('answers and dies: its last lines say why', async () => {
    const { id } = await here.begin(module);
    await here.ready(id);
    await here.service.get(`/deployments/${id}/http/die`);
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('It ended with exit code 3.');
    expect(error).toContain('Traceback: out of ideas');
    await here.remove(id);
  });

  it('is stopped when it never answers', async () => {
    const id = await agreed(await addModule('silent', 'deephdc/silent'));
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('did not answer within 20 s; it was stopped');
    const name = `jupyterlab-deep-${id}`;
    const { State } = await podman.docker.getContainer(name).inspect();
    expect(State.Running).toBe(false);
    await here.remove(id);
  });

  it('has Jupyter or VS Code in the place of its API, behind a password', async () => {
    const lab = await addModule('lab', 'deephdc/lab');
    const open = await here.ask(lab, { service: 'jupyter' });
    expect(open.json).toMatchObject({
      type: 'urn:jupyterlab-deep:invalid-arguments',
      detail: expect.stringContaining('password')
    });
    const password = 'very "secret" $(id)';
    let id = await agreed(lab, { service: 'jupyter', password });
    await isOpen(id, { words: ['-j'], password });
    await here.remove(id);
    ({ id } = await here.begin(lab, { service: 'vscode', password }));
    await isOpen(id, { words: ['-s'], password });
    const api = await here.service.get(`/deployments/${id}/api`);
    expect(api.json.detail).toContain('without its API');
    await here.remove(id);
  });

  /** Its page tells how it was started; nobody else is told the password. */
  async function isOpen(
    id: string,
    start: { words: string[]; password: string }
  ): Promise<void> {
    const ready = await here.ready(id);
    expect(ready.endpoint).toBeUndefined();
    expect(JSON.stringify(ready)).not.toContain('very');
    const page = await fetch(ready.pages!.ide);
    expect(await page.json()).toEqual(start);
  }

  it('says which services an image has not', async () => {
    const password = 'long enough';
    const { id } = await here.begin(module, { service: 'jupyter', password });
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('deep-start');
    expect(error).toContain('choose the service `deepaas`');
    await here.remove(id);
  });

  it('fails in the words of the registry when it is missing', async () => {
    const id = await agreed(await addModule('missing', 'deephdc/missing'));
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('refused the image');
    expect(error).toMatch(/manifest unknown|not found|unknown/);
    expect(error).toContain('Check the name and the tag');
  });

  it('asks for a login where its registry wants one, and takes the one that podman or docker keep', async () => {
    const secret = await addModule('secret', 'locked/plants');
    const id = await agreed(secret);
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('The registry wants a login');
    const folder = path.join(here.home.folder, '.config', 'containers');
    mkdirSync(folder, { recursive: true });
    const auth = Buffer.from('lab:secret').toString('base64');
    const auths = { [locked.host]: { auth } };
    writeFileSync(path.join(folder, 'auth.json'), JSON.stringify({ auths }));
    await here.service.post(`/deployments/${id}/start`);
    await here.ready(id);
    await here.remove(id);
  });

  it('leaves no image behind that was fetched for it', async () => {
    const { deployments } = (await here.service.get('/deployments')).json;
    for (const { id } of deployments) {
      await here.remove(id);
    }
    const { containers, images } = await podman.content();
    expect(containers).toEqual([]);
    expect(images.filter(name => name.includes('127.0.0.1'))).toEqual([]);
  });
});
