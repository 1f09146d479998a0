import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BASE, PodmanHere } from '../../../../../../stand-in/podmanHere';
import { until } from '../../../../__tests__/home';
import { ITarEntry, packTar } from '../tar';
import { ContainersHere } from './containersHere';

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
console.log('GPUs: ' + Object.keys(process.env).filter(name => name.startsWith('GPU_')));
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
/** What images of the platform are started with: here it opens the page of an environment that tells how it was started. */
const START = `#!/usr/bin/node
const words = process.argv.slice(2);
const password = process.env.jupyterPASSWORD;
require('node:http').createServer((request, response) =>
  response.end(JSON.stringify({ words, password }))
).listen(8888, '0.0.0.0');
process.on('SIGTERM', () => process.exit(0));
`;

/** Lines of a recipe, and files for it. */
export interface IMore {
  recipe: string[];
  files: { name: string; text: string }[];
}

export const DEEP_START: IMore = {
  recipe: ['COPY deep-start /usr/bin/deep-start'],
  files: [{ name: 'deep-start', text: START }]
};

/** The image that all others here are made from. */
export function makeNode(podman: PodmanHere): Promise<void> {
  const file = process.execPath;
  const sizeBytes = statSync(file).size;
  const node = { name: 'node', file, sizeBytes, isProgram: true };
  const server = { name: 'server.cjs', content: SERVER };
  const copies = ['COPY node /usr/bin/node', 'COPY server.cjs /server.cjs'];
  return build(podman, NODE, [`FROM ${BASE}`, ...copies], [node, server]);
}

/** Lay an image into its registry; the engine has it no longer. */
export async function publish(
  podman: PodmanHere,
  image: string,
  words: string[],
  { recipe, files }: IMore = { recipe: [], files: [] }
): Promise<void> {
  const command = JSON.stringify(['/usr/bin/node', '/server.cjs', ...words]);
  const entries = files.map(({ name, text }): ITarEntry => {
    const file = path.join(podman.folder, name);
    writeFileSync(file, text);
    const sizeBytes = statSync(file).size;
    return { name, file, sizeBytes, isProgram: true };
  });
  const lines = [`FROM ${NODE}`, ...recipe, `CMD ${command}`];
  await build(podman, image, lines, entries);
  await podman.push(image);
  await podman.docker.getImage(image).remove();
}

function build(
  podman: PodmanHere,
  image: string,
  recipe: string[],
  files: ITarEntry[]
): Promise<void> {
  const content = recipe.join('\n');
  return podman.build(
    image,
    packTar([{ name: 'Dockerfile', content }, ...files])
  );
}

/** A Python project of the user, whose metadata name an image. */
export async function addImageModule(
  here: ContainersHere,
  name: string,
  image: string
): Promise<string> {
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
export async function agreeTo(
  here: ContainersHere,
  module: string,
  options = {}
): Promise<string> {
  const refused = await here.ask(module, options);
  expect(refused.json.type).toBe('urn:jupyterlab-deep:consent-needed');
  const { commit } = JSON.parse(refused.json.technical);
  const { id } = await here.begin(module, options, { consent: { commit } });
  return id;
}
