import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Bundles } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import { ITarEntry, packTar } from '../tar';
import { ContainersHere } from './containersHere';
import { BASE, PodmanHere } from '../../../../../../stand-in/podmanHere';
import { RegistryHere } from './registryHere';

jest.setTimeout(90_000);

const OWNER = 'deephdc';
const NODE = 'localhost/node:latest';
/** Stands in for an image of the catalogue: DEEPaaS's documents, an echo, and ways to end badly. */
const SERVER = `
const http = require('node:http');
const paths = { '/v2/models/plants/predict/': { post: { produces: ['application/json'], parameters: [
  { in: 'query', name: 'top_k', type: 'integer' } ] } } };
const about = { id: '0', name: 'plants', links: [{ rel: 'self', href: '/v2/models/plants' }] };
const documents = { '/swagger.json': { swagger: '2.0', paths }, '/v2/models/': { models: [about] }, '/v2/models/plants/': about };
const eaten = [];
console.log('started with ' + JSON.stringify(process.argv.slice(2)) + ' ' + process.env.DEEPAAS_PORT);
const isSilent = process.argv.includes('silent');
http.createServer((request, response) => {
  const [path] = request.url.split('?');
  if (isSilent) { response.writeHead(503).end(); return; }
  if (path === '/eat') { setInterval(() => eaten.push(Buffer.alloc(2e7, 1)), 10); response.end('{}'); return; }
  if (path === '/die') { console.error('Traceback: out of ideas'); process.exit(3); }
  response.setHeader('content-type', 'application/json');
  if (request.method === 'POST') { request.pipe(response); return; }
  response.end(JSON.stringify(documents[path] ?? {}));
}).listen(5000, '0.0.0.0');
process.on('SIGTERM', () => process.exit(0));
`;

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
      DEEP_TARGETS_START_SECONDS: '8'
    });
  });

  afterAll(async () => {
    await here?.close();
    await Promise.all([podman?.stop(), registry?.stop(), locked?.stop()]);
    bundles?.remove();
  });

  function build(
    image: string,
    recipe: string[],
    files: ITarEntry[] = []
  ): Promise<void> {
    const content = recipe.join('\n');
    const entries = [{ name: 'Dockerfile', content }, ...files];
    return podman.build(image, packTar(entries));
  }

  async function makeImages(): Promise<void> {
    const file = process.execPath;
    const node: ITarEntry = {
      name: 'node',
      file,
      sizeBytes: statSync(file).size,
      isProgram: true
    };
    const server: ITarEntry = { name: 'server.cjs', content: SERVER };
    await build(
      NODE,
      [
        `FROM ${BASE}`,
        'COPY node /usr/bin/node',
        'COPY server.cjs /server.cjs'
      ],
      [node, server]
    );
    const command = (...words: string[]): string[] => [
      `FROM ${NODE}`,
      `CMD ${JSON.stringify(['/usr/bin/node', '/server.cjs', ...words])}`
    ];
    for (const [host, name, recipe] of [
      [registry.host, 'plants', command('own')],
      [registry.host, 'silent', command('silent')],
      [locked.host, 'plants', command('locked')]
    ] as const) {
      const image = `${host}/${OWNER}/${name}:latest`;
      await build(image, recipe);
      await podman.push(image);
      await podman.docker.getImage(image).remove();
    }
  }

  /** A Python project of the user, whose metadata name an image. */
  async function addModule(name: string, image: string): Promise<string> {
    const folder = path.join(here.home.modules, name);
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, 'pyproject.toml'),
      `[project]\nname = "${name}"\nversion = "1"\n[project.entry-points."deepaas.v2.model"]\n${name} = "${name}.api"\n`
    );
    writeFileSync(
      path.join(folder, 'ai4-metadata.yml'),
      `metadata_version: 2.0.0\ntitle: ${name}\nsummary: ${name}\ndescription: ${name}\ndates:\n  created: '2026-01-01'\n  updated: '2026-01-01'\nlinks:\n  source_code: https://example.org/${name}\n  docker_image: ${image}\ntags: []\ntasks: []\ncategories: [AI4 inference]\nlibraries: []\ndata-type: []\n`
    );
    await here.service.post('/catalogue/refresh', { source: 'builtin' });
    const id = `builtin/${name}`;
    await until(async () => {
      const path = `/catalogue/modules/${id}`;
      return (await here.service.get(path)).json.image === image;
    });
    return id;
  }

  /** Begin it with the word that the refusal asks for. */
  async function agreed(module: string, options = {}): Promise<string> {
    const refused = await here.ask(module, options);
    expect(refused.json.type).toBe('urn:jupyterlab-deep:consent-needed');
    const { commit } = JSON.parse(refused.json.technical);
    const { id } = await here.begin(module, options, { consent: { commit } });
    return id;
  }

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
    expect(error).toContain('did not answer within 8 s; it was stopped');
    const name = `jupyterlab-deep-${id}`;
    const { State } = await podman.docker.getContainer(name).inspect();
    expect(State.Running).toBe(false);
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
