/** A notebook's ONNX model: deployed and asked through us, and served by MLflow, by turns in one run. */
import path from 'node:path';
import { Pool } from 'undici';
import { at } from '../../scripts/paths.mjs';
import { startOurs } from '../runtime/servers.mjs';
import { deploy, end } from './deploying.mjs';
import { Mlflow } from './mlflow.mjs';

const ONNX = at('jupyterlab_deep/modules/penguin-species/onnx/model.onnx');
const NAME = 'penguins';
const MODULE = `mine/${NAME}`;
const COLUMNS = ['bill_length', 'bill_depth', 'flipper_length', 'body_mass'];
const LABELS = ['Adelie', 'Chinstrap', 'Gentoo'];
const ROUNDS = 5;
const CALLERS = 8;
const SECONDS = 3;
const WORKERS = [1, 2];

/** Distinct rows: nobody answers from memory. */
const rowOf = index => [
  32 + (index % 28),
  13 + (index % 9),
  172 + (index % 59),
  2700 + (index % 3600)
];

/** As `models.save` of a cell does it. */
async function save(service) {
  const { folder } = await service.ask('/models', 'POST', {
    file: { from: 'path', path: ONNX },
    name: NAME,
    replace: true,
    settings: {
      task: 'tabular-classification',
      labels: LABELS,
      columns: COLUMNS.map(name => ({ name })),
      network: { input: 'features', output: 'logits', gives: 'logits' }
    },
    example: { values: named(rowOf(0)) }
  });
  return folder;
}

const named = row =>
  Object.fromEntries(COLUMNS.map((name, index) => [name, row[index]]));

const ourRequest = index => ({
  path: `/v2/models/${NAME}/predict/?${new URLSearchParams(named(rowOf(index)))}`,
  method: 'POST',
  headers: { accept: 'application/json' }
});

const mlflowBody = index => JSON.stringify({ inputs: [rowOf(index)] });

const mlflowRequest = index => ({
  path: '/invocations',
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: mlflowBody(index)
});

/** Answers a second to some callers at once; every answer is looked at. */
async function rate(origin, requestOf, isGood) {
  const pool = new Pool(origin, { connections: CALLERS, pipelining: 1 });
  const until = performance.now() + SECONDS * 1000;
  let count = 0;
  const call = async () => {
    while (performance.now() < until) {
      const reply = await pool.request(requestOf(count++));
      const text = await reply.body.text();
      if (reply.statusCode !== 200 || !isGood(JSON.parse(text))) {
        throw new Error(`Unexpected answer ${reply.statusCode}: ${text}`);
      }
    }
  };
  const since = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, call));
  await pool.close();
  return count / ((performance.now() - since) / 1000);
}

const isOurs = ({ predictions }) => predictions.labels?.length === 3;
const isMlflows = ({ predictions }) => predictions.logits?.[0].length === 3;

async function ourRate(folder) {
  const server = await startOurs(folder, NAME);
  try {
    return await rate(server.origin, ourRequest, isOurs);
  } finally {
    await server.stop();
  }
}

/** Its first answer, then its answers a second. */
async function theirs(mlflow, workers, index) {
  const { ms, server } = await mlflow.start(mlflowBody(index), workers);
  try {
    return { ms, rps: await rate(server.origin, mlflowRequest, isMlflows) };
  } finally {
    await server.stop();
  }
}

/** With how many workers it answers most. */
async function best(mlflow) {
  const rates = [];
  for (const workers of WORKERS) {
    rates.push((await theirs(mlflow, workers, 0)).rps);
  }
  return WORKERS[rates.indexOf(Math.max(...rates))];
}

/** @returns what `figure` takes of `first_answer` and `rps_8`. */
export async function compared(service, home) {
  const folder = await save(service);
  const mlflow = await Mlflow.prepare(
    path.join(folder, 'onnx/model.onnx'),
    home
  );
  const workers = await best(mlflow);
  const answers = { ours: [], peer: [] };
  const rates = { ours: [], peer: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const order = { module: MODULE, target: 'process' };
    const asked = { arguments: named(rowOf(round)) };
    const { ms, ready } = await deploy(service, order, asked);
    await end(service, ready.id);
    const ourRps = await ourRate(folder);
    const peer = await theirs(mlflow, workers, round);
    // The first round only warms up.
    if (round > 0) {
      answers.ours.push(ms);
      answers.peer.push(peer.ms);
      rates.ours.push(ourRps);
      rates.peer.push(peer.rps);
    }
  }
  const name = `mlflow models serve, ${workers === 1 ? '1 worker' : `${workers} workers`}`;
  return {
    first_answer: {
      unit: 'ms',
      better: 'lower',
      values: answers.ours,
      peer: { name, values: answers.peer }
    },
    rps_8: {
      unit: 'requests/s',
      better: 'higher',
      values: rates.ours,
      peer: { name, values: rates.peer }
    }
  };
}
