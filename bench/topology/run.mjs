/**
 * A topology of three modules over 1,000 pictures: two that run elsewhere and answer after a fixed time, and the image
 * classifier on this machine, the slowest. Against that stage alone, and against a Python script that does one stage after
 * another. Usage: npm run bench -- topology [--json]
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { at, peersVenv } from '../../scripts/paths.mjs';
import { Inspector } from '../batch/memory.mjs';
import { linked, picturesFolder } from '../batch/pictures.mjs';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';
import { MODEL_NAME, startOurs } from '../runtime/servers.mjs';

const BENCH = 'topology';
const PICTURES = 1000;
const ROUNDS = 3;
const CLASSIFIER = 'builtin/image-classifier';
/** Workers and milliseconds of the two that run elsewhere: about 160 and 200 a second. */
const DETECT = ['image', '4', '25'];
const RATE = ['label', '4', '20'];
/** Of the run whose memory is looked at, and where. */
const MANY = 5000;
const LOOKS = [500, 4500];

async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** A module elsewhere. */
async function elsewhere(name, options) {
  const child = spawn(
    process.execPath,
    [at('bench/topology/elsewhere.mjs'), name, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const [port] = await new Promise(resolve =>
    child.stdout.once('data', data => resolve(String(data).split('\n')))
  );
  const origin = `http://127.0.0.1:${port}`;
  return { name, origin, stop: () => child.kill() };
}

async function connect(service, { origin }) {
  const { id } = await service.ask('/deployments/connections', 'POST', {
    address: origin,
    allowPrivate: true
  });
  return `deployment:${id}`;
}

const documentOf = ({ detect, rate }, folder, topK) => ({
  format: 'jupyterlab-deep-topology',
  title: 'Benchmark',
  nodes: {
    photos: { kind: 'files', pattern: `${folder}/*.jpg` },
    detect: { kind: 'module', module: detect, arguments: {} },
    classify: {
      kind: 'module',
      module: CLASSIFIER,
      arguments: { top_k: topK }
    },
    label: { kind: 'transform', expression: '$.labels[0]' },
    rate: { kind: 'module', module: rate, arguments: {} },
    together: { kind: 'merge', manner: 'key' },
    table: {
      kind: 'csv',
      file: 'table.csv',
      columns: {
        file: '$origin.name',
        boxes: '$count(detect.boxes)',
        label: 'label',
        score: 'rate.score'
      }
    }
  },
  edges: [
    'photos.file -> detect.image',
    'photos.file -> classify.image',
    'classify.answer -> label.value',
    'label.value -> rate.label',
    'detect.answer -> together.in',
    'label.value -> together.in',
    'rate.answer -> together.in',
    'together.value -> table.in'
  ]
});

async function until(service, id, isSo) {
  for (;;) {
    const run = await service.ask(`/runs/${id}`);
    if (isSo(run)) {
      return run;
    }
    if (!['queued', 'running'].includes(run.state)) {
      throw new Error(`The run is ${run.state}: ${JSON.stringify(run.error)}`);
    }
    await sleep(20);
  }
}

const begin = (service, document, home, useCache) =>
  service.ask('/topologies/runs', 'POST', {
    document,
    path: path.join(home, 'bench.topology'),
    useCache
  });

/** Seconds from the order to the complete table. */
async function topologySeconds(service, document, home, useCache) {
  const start = performance.now();
  const { id } = await begin(service, document, home, useCache);
  const run = await until(service, id, ({ state }) => state === 'succeeded');
  const seconds = (performance.now() - start) / 1000;
  const rows = readFileSync(path.join(home, 'table.csv'), 'utf8')
    .trimEnd()
    .split('\r\n');
  const failed = Object.values(run.topology.nodes).some(node => node.failed);
  if (failed || rows.length !== run.progress.total + 1) {
    throw new Error(`The table has ${rows.length} lines`);
  }
  return seconds;
}

/** Pictures a second of the slowest stage, as a batch. */
async function aloneRate(service, folder) {
  const start = performance.now();
  const { id } = await service.ask('/inference/batches', 'POST', {
    module: CLASSIFIER,
    arguments: { top_k: 5 },
    each: { argument: 'image', from: 'path', folder, pattern: '*.jpg' }
  });
  const run = await until(service, id, ({ state }) => state === 'succeeded');
  const seconds = (performance.now() - start) / 1000;
  rmSync(run.batch.results.path, { recursive: true });
  return run.progress.total / seconds;
}

/** The same by a script. */
async function scriptRate(folder, home, origins) {
  const script = at('bench/topology/stages.py');
  const table = path.join(home, 'script.csv');
  const { stdout } = await promisify(execFile)(`${peersVenv}/bin/python`, [
    script,
    folder,
    table,
    ...origins
  ]);
  return PICTURES / Number(stdout);
}

async function keepReady(service) {
  await service.ask('/deployments', 'POST', { module: CLASSIFIER });
  for (;;) {
    const { deployments } = await service.ask('/deployments');
    if (
      deployments.some(
        ({ module, state }) => module === CLASSIFIER && state === 'ready'
      )
    ) {
      return;
    }
    await sleep(50);
  }
}

const predictOf = ({ origin }, name) => `${origin}/v2/models/${name}/predict/`;

async function rates(service, modules, servers, folder, home) {
  const values = { ours: [], alone: [], script: [], cached: [] };
  const runtime = await startOurs();
  const origins = [
    predictOf(servers.detect, 'detect'),
    predictOf(runtime, MODEL_NAME),
    predictOf(servers.rate, 'rate')
  ];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      // Another argument: nothing of it is known.
      const document = documentOf(modules, folder, 3 + round);
      const first = await topologySeconds(service, document, home, true);
      const again = await topologySeconds(service, document, home, true);
      values.ours.push(PICTURES / first);
      values.cached.push(again / first);
      values.alone.push(await aloneRate(service, folder));
      values.script.push(await scriptRate(folder, home, origins));
      console.error(
        `round ${round + 1}: ${Object.entries(values)
          .map(([name, some]) => `${name} ${some.at(-1).toFixed(3)}`)
          .join(', ')}`
      );
    }
  } finally {
    await runtime.stop();
  }
  return values;
}

/** What each thousand pictures add to the memory that is held. */
async function memoryFigure(service, inspector, modules, pictures, home) {
  const folder = linked(pictures, path.join(home, 'many'), MANY);
  const document = documentOf(modules, folder, 9);
  const { id } = await begin(service, document, home, false);
  const held = [];
  for (const done of LOOKS) {
    await until(service, id, ({ progress }) => progress?.done >= done);
    held.push(await inspector.heldMb());
  }
  await service.ask(`/runs/${id}/cancel`, 'POST', {});
  return figure({
    bench: BENCH,
    figure: 'memory_slope_mb',
    values: [((held[1] - held[0]) * 1000) / (LOOKS[1] - LOOKS[0])],
    unit: 'MB per 1,000 pictures',
    better: 'lower',
    goal: 10
  });
}

const shareFigure = (name, values, better, goal) =>
  figure({ bench: BENCH, figure: name, values, unit: 'of 1', better, goal });

await measure(BENCH, async () => {
  const folder = picturesFolder(PICTURES);
  // On the disk of the pictures, so that the many can be links.
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  configure(home, []);
  const port = await freePort();
  const options = [`--inspect=127.0.0.1:${port}`];
  const service = await new ServiceProcess(home, options).start();
  const servers = {
    detect: await elsewhere('detect', DETECT),
    rate: await elsewhere('rate', RATE)
  };
  try {
    const inspector = await Inspector.open(port);
    const modules = {
      detect: await connect(service, servers.detect),
      rate: await connect(service, servers.rate)
    };
    await keepReady(service);
    const values = await rates(service, modules, servers, folder, home);
    const memory = await memoryFigure(
      service,
      inspector,
      modules,
      folder,
      home
    );
    inspector.close();
    const shares = values.ours.map((rate, at) => rate / values.alone[at]);
    return [
      figure({
        bench: BENCH,
        figure: 'pictures_per_second',
        values: values.ours,
        unit: 'pictures/s',
        better: 'higher',
        peer: { name: 'Python, stage by stage', values: values.script }
      }),
      shareFigure('stage_share', shares, 'higher', 0.85),
      shareFigure('cached_share', values.cached, 'lower', 0.1),
      memory
    ];
  } finally {
    servers.detect.stop();
    servers.rate.stop();
    await service.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
