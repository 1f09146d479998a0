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
/** Of them the first two try one and two workers of the peer. */
const ROUNDS = 4;
const CALLERS = 8;
const SECONDS = 3;
const WORKERS = [1, 2];

/** Distinct rows: nobody answers from memory. With fractions: of whole numbers MLflow makes another type than the network takes. */
const rowOf = index => [
  32.5 + (index % 28),
  13.5 + (index % 9),
  172.5 + (index % 59),
  2700.5 + (index % 3600)
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
    const rps = await rate(server.origin, mlflowRequest, isMlflows);
    return { workers, ms, rps };
  } finally {
    await server.stop();
  }
}

/** @returns what `figure` takes of `first_answer` and `rps_8`. */
export async function compared(service, home) {
  const folder = await save(service);
  const mlflow = await Mlflow.prepare(
    path.join(folder, 'onnx/model.onnx'),
    home
  );
  const all = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await ourRound(service, folder, round);
    const workers = WORKERS[round] ?? best(all).workers;
    const peer = await theirs(mlflow, workers, round);
    console.error(`Round ${round + 1}: ${JSON.stringify({ ours, peer })}`);
    all.push({ ours, peer });
  }
  return asFigures(all);
}

async function ourRound(service, folder, index) {
  const order = { module: MODULE, target: 'process' };
  const asked = { arguments: named(rowOf(index)) };
  const { ms, ready } = await deploy(service, order, asked);
  await end(service, ready.id);
  return { ms, rps: await ourRate(folder) };
}

/** The first rounds try how many workers answer most; the others go on with those. */
const best = all =>
  all.map(({ peer }) => peer).toSorted((a, b) => b.rps - a.rps)[0];

/** Only the rounds with the peer at its best count. */
function asFigures(all) {
  const { workers } = all.at(-1).peer;
  const counted = all.filter(({ peer }) => peer.workers === workers);
  const valuesOf = (whose, what) => counted.map(each => each[whose][what]);
  const name = `mlflow models serve, ${workers === 1 ? '1 worker' : `${workers} workers`}`;
  return {
    first_answer: {
      unit: 'ms',
      better: 'lower',
      values: valuesOf('ours', 'ms'),
      peer: { name, values: valuesOf('peer', 'ms') }
    },
    rps_8: {
      unit: 'requests/s',
      better: 'higher',
      values: valuesOf('ours', 'rps'),
      peer: { name, values: valuesOf('peer', 'rps') }
    }
  };
}
