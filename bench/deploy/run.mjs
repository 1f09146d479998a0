/**
 * From the order to deploy a module to its first prediction: the image classifier as a process and in a container whose image is
 * there already, a Python module whose environment is there; and a notebook's ONNX model beside MLflow. Usage:
 * npm run bench -- deploy [--json]. It makes a Podman of its own where this machine lets it, unless DOCKER_HOST names an engine
 * (and DEEP_TARGETS_BASE_IMAGE its base image).
 */
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { at, venvBin } from '../../scripts/paths.mjs';
import { BASE, PodmanHere } from '../../stand-in/podmanHere.ts';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';
import { rounds } from './deploying.mjs';
import { Mlflow } from './mlflow.mjs';
import { compared } from './notebook.mjs';

const BENCH = 'deploy';
const ROUNDS = 5;
const CLASSIFIER = 'builtin/image-classifier';
const PICTURE = {
  arguments: { top_k: 1 },
  files: { image: { from: 'example', example: 'cat' } }
};
const PYTHON = 'builtin/table-classifier';
const PEERED = 'first_answer, rps_8';
const time = { bench: BENCH, unit: 'ms', better: 'lower' };

/** An engine, or undefined with the reason said. */
async function findEngine() {
  const named = process.env.DOCKER_HOST ?? process.env.CONTAINER_HOST;
  if (named) {
    const base = process.env.DEEP_TARGETS_BASE_IMAGE;
    return { address: named, base, stop: () => undefined };
  }
  const reason = PodmanHere.whyNot();
  if (reason) {
    return leftOut('container_ms', reason);
  }
  const podman = await PodmanHere.start();
  const address = `unix://${podman.socket}`;
  return { address, base: BASE, stop: () => podman.stop() };
}

function leftOut(name, reason) {
  console.error(`${name} is left out: ${reason}.`);
}

function prepare(home, engine) {
  configure(home, []);
  const module = PYTHON.split('/')[1];
  cpSync(at('examples/modules', module), path.join(home, 'modules', module), {
    recursive: true
  });
  const file = path.join(home, 'config/deep.json');
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  const { address, base: baseImage } = engine ?? {};
  settings.targets = {
    ...(engine && { more: [{ id: 'bench', kind: 'container', address }] }),
    ...(baseImage && { baseImage })
  };
  writeFileSync(file, JSON.stringify(settings));
}

/** As the door tells the service. */
const environmentOf = home => ({
  DEEP_MODULES_PATH: `${at('jupyterlab_deep/modules')}:${home}/modules`,
  DEEP_NODE_HOME: at('jupyterlab_deep/node'),
  DEEP_SCHEMAS_PATH: at('jupyterlab_deep/schemas'),
  DEEP_UV: path.join(venvBin, 'uv'),
  DEEP_PYTHON: path.join(venvBin, 'python'),
  UV_CACHE_DIR: process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
});

async function pythonMs(service) {
  const query = `/python/question?module=${encodeURIComponent(PYTHON)}`;
  const { commit } = await service.ask(query);
  return rounds(service, { module: PYTHON }, {}, ROUNDS, { commit });
}

/** One of the lines; where it cannot be measured the others are. */
async function attempt(name, work) {
  try {
    return [await work()].flat();
  } catch (error) {
    leftOut(name, error.message);
    return [];
  }
}

const classifierMs = (service, target) =>
  rounds(service, { module: CLASSIFIER, target }, PICTURE, ROUNDS);

/** All of it takes minutes: what was found is said meanwhile. */
function told(found) {
  console.error(`${found.figure}: ${found.value} ${found.unit}`);
  return found;
}

/** Everything that can be measured here; what cannot is said. */
async function measured(service, home, { engine, hasPeer }) {
  const goals = [
    ['process_ms', 1000, () => classifierMs(service, 'process')],
    ...(engine
      ? [['container_ms', 3000, () => classifierMs(service, 'container:bench')]]
      : []),
    ['python_ms', 4000, () => pythonMs(service)]
  ];
  const found = [];
  for (const [name, goal, work] of goals) {
    const made = async () =>
      told(figure({ ...time, figure: name, values: await work(), goal }));
    found.push(...(await attempt(name, made)));
  }
  const notebook = async () =>
    Object.entries(await compared(service, home)).map(([name, given]) =>
      figure({ bench: BENCH, figure: name, ...given })
    );
  const peers = hasPeer ? await attempt(PEERED, notebook) : [];
  return [...found, ...peers];
}

async function figures() {
  // Before the service starts: it ends when nobody asks it for long.
  const hasPeer = await Mlflow.install().then(
    () => true,
    error => leftOut(PEERED, error.message)
  );
  const home = mkdtempSync(path.join(tmpdir(), 'bd-'));
  const engine = await findEngine();
  const service = new ServiceProcess(home, [], environmentOf(home));
  try {
    prepare(home, engine);
    await service.start();
    return await measured(service, home, { engine, hasPeer });
  } finally {
    await service.stop();
    await engine?.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

await measure(BENCH, figures);
