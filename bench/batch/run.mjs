/**
 * A folder of 1,000 pictures to a file of results through the service, against a client that saturates the same server in
 * the same run: module-runtime, and real DEEPaaS over the same model. Usage: npm run bench -- batch [--json]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';
import { bodiesOf, Caller } from '../runtime/load.mjs';
import { MODEL_NAME, startPeer } from '../runtime/servers.mjs';
import { Inspector } from './memory.mjs';
import { filesIn, linked, picturesFolder } from './pictures.mjs';

const BENCH = 'batch';
const PICTURES = 1000;
const ROUNDS = 3;
/** Callers of the saturating client: the best of them is what the batch is compared with. */
const CALLERS = [4, 8, 16];
const TRIAL_REQUESTS = 256;
const MODULE = 'builtin/image-classifier';
/** Of the batch whose memory is looked at, and where. */
const MANY = 5000;
const LOOKS = [500, 4500];

async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

const beginBatch = (service, module, folder) =>
  service.ask('/inference/batches', 'POST', {
    module,
    arguments: { top_k: 5 },
    each: { argument: 'image', from: 'path', folder, pattern: '*.jpg' }
  });

async function until(service, id, isSo) {
  for (;;) {
    const run = await service.ask(`/runs/${id}`);
    if (isSo(run)) {
      return run;
    }
    if (!['queued', 'running'].includes(run.state)) {
      throw new Error(
        `The batch is ${run.state}: ${JSON.stringify(run.error)}`
      );
    }
    await sleep(50);
  }
}

function checkResults({ batch, progress }) {
  const { path: folder, lines } = batch.results;
  const text = readFileSync(path.join(folder, lines), 'utf8');
  const rows = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const names = new Set(rows.map(row => row.path));
  const isGood =
    rows.length === progress.total &&
    names.size === progress.total &&
    rows.every(row => row.state === 'done' && row.answer.labels.length === 5);
  rmSync(folder, { recursive: true });
  if (!isGood) {
    throw new Error('The results are not those of all pictures');
  }
}

/** Pictures a second from the order to the complete file. */
async function batchRate(service, module, folder) {
  const start = performance.now();
  const { id } = await beginBatch(service, module, folder);
  const run = await until(service, id, ({ state }) => state === 'succeeded');
  const seconds = (performance.now() - start) / 1000;
  checkResults(run);
  return run.progress.total / seconds;
}

async function bestCallers(caller, bodies) {
  const rates = [];
  for (const callers of CALLERS) {
    rates.push(await caller.rate(bodies, callers, TRIAL_REQUESTS));
  }
  return CALLERS[rates.indexOf(Math.max(...rates))];
}

/** Batch and saturating client in turns against one server. */
async function share(name, service, module, caller, folder) {
  const bodies = bodiesOf(filesIn(folder));
  const callers = await bestCallers(caller, bodies);
  const values = { ours: [], peer: [] };
  for (let round = 0; round < ROUNDS; round++) {
    values.ours.push(await batchRate(service, module, folder));
    values.peer.push(await caller.rate(bodies, callers, bodies.length));
    console.error(
      `${name} round ${round + 1}: batch ${values.ours.at(-1).toFixed(1)}, client with ${callers} callers ${values.peer.at(-1).toFixed(1)}`
    );
  }
  const shares = values.ours.map((rate, round) => rate / values.peer[round]);
  return [
    figure({
      bench: BENCH,
      figure: `${name}_per_second`,
      values: values.ours,
      unit: 'pictures/s',
      better: 'higher',
      peer: { name: `${callers} callers`, values: values.peer }
    }),
    figure({
      bench: BENCH,
      figure: `${name}_share`,
      values: shares,
      unit: 'of 1',
      better: 'higher',
      goal: 0.9
    })
  ];
}

async function runtimeFigures(service, folder) {
  await service.ask('/deployments', 'POST', { module: MODULE });
  for (;;) {
    const { deployments } = await service.ask('/deployments');
    const ready = deployments.find(({ state }) => state === 'ready');
    if (ready) {
      const socket = ready.endpoint.slice('unix:'.length);
      const caller = new Caller('http://localhost', MODEL_NAME, socket);
      return share('runtime', service, MODULE, caller, folder).finally(() =>
        caller.close()
      );
    }
    await sleep(50);
  }
}

async function deepaasFigures(service, folder) {
  const server = await startPeer({ workers: 2, threads: 1 });
  const caller = new Caller(server.origin, MODEL_NAME);
  try {
    const { module } = await service.ask('/deployments/connections', 'POST', {
      address: server.origin,
      allowPrivate: true
    });
    return await share('deepaas', service, module, caller, folder);
  } finally {
    await caller.close();
    await server.stop();
  }
}

/** What each thousand items adds to the memory that is held. */
async function memoryFigure(service, inspector, pictures, home) {
  const folder = linked(pictures, path.join(home, 'many'), MANY);
  const { id } = await beginBatch(service, MODULE, folder);
  const held = [];
  for (const done of LOOKS) {
    await until(service, id, ({ progress }) => progress?.done >= done);
    await service.ask(`/runs/${id}/pause`, 'POST', {});
    held.push(await inspector.heldMb());
    await service.ask(`/runs/${id}/resume`, 'POST', {});
    console.error(`${done} items: ${held.at(-1).toFixed(1)} MB`);
  }
  checkResults(await until(service, id, ({ state }) => state === 'succeeded'));
  const slope = ((held[1] - held[0]) / (LOOKS[1] - LOOKS[0])) * 1000;
  return figure({
    bench: BENCH,
    figure: 'memory_slope_mb',
    // A slope below zero is none.
    values: [Math.max(slope, 0.01)],
    unit: 'MB/1000 items',
    better: 'lower',
    goal: 10
  });
}

await measure(BENCH, async () => {
  const folder = picturesFolder(PICTURES);
  // On the disk of the pictures, so that the many can be links.
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  configure(home, []);
  const port = await freePort();
  const options = [`--inspect=127.0.0.1:${port}`];
  const service = await new ServiceProcess(home, options).start();
  try {
    const inspector = await Inspector.open(port);
    const figures = await runtimeFigures(service, folder);
    figures.push(await memoryFigure(service, inspector, folder, home));
    inspector.close();
    return [...figures, ...(await deepaasFigures(service, folder))];
  } finally {
    await service.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
