/**
 * Lite0 over HTTP: module-runtime against real DEEPaaS with a Python module over the same model folder, at the best of its
 * combinations of workers and threads. Usage: npm run bench -- runtime [--json]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { at, peersVenv, venvBin } from '../../scripts/paths.mjs';
import { figure, measure, median } from '../report.mjs';
import { agreement } from './agreement.mjs';
import { bodiesOf, Caller } from './load.mjs';
import { MODEL_NAME, startOurs, startPeer } from './servers.mjs';

const BENCH = 'runtime';
const PICTURES = 64;
const ROUNDS = 5;
/** Of the peer: workers × threads of onnxruntime. */
const COMBINATIONS = [1, 2].flatMap(workers =>
  [1, 2].map(threads => ({ workers, threads }))
);
/** Requests of one measurement: about two seconds of work. */
const LOADS = [
  { figure: 'rps_1', callers: 1, requests: 128 },
  { figure: 'rps_8', callers: 8, requests: 256 }
];

function pictures() {
  const folder = at('.cache/bench/pictures');
  if (!existsSync(folder) || readdirSync(folder).length < PICTURES) {
    mkdirSync(folder, { recursive: true });
    const script = at('bench/runtime/pictures.py');
    const made = spawnSync(
      `${venvBin}/python`,
      [script, folder, String(PICTURES)],
      { encoding: 'utf8' }
    );
    if (made.status !== 0) {
      throw new Error(`The pictures could not be made: ${made.stderr}`);
    }
  }
  return readdirSync(folder)
    .sort()
    .map(name => path.join(folder, name));
}

function checkPeers() {
  if (!existsSync(`${peersVenv}/bin/deepaas-run`)) {
    throw new Error(
      'The peer is not installed: node scripts/setup.mjs --peers'
    );
  }
}

async function withCaller(server, work) {
  const caller = new Caller(server.origin, MODEL_NAME);
  try {
    return await work(caller);
  } finally {
    await caller.close();
  }
}

/** Requests a second of a server; each picture once before, which warms it and checks every answer. */
const rates = (server, bodies, loads, rounds) =>
  withCaller(server, async caller => {
    await caller.rate(bodies, 8, bodies.length);
    const found = Object.fromEntries(loads.map(load => [load.figure, []]));
    for (let round = 0; round < rounds; round++) {
      for (const { figure, callers, requests } of loads) {
        found[figure].push(await caller.rate(bodies, callers, requests));
      }
    }
    return found;
  });

/** The peer's best combination for each load. One server at a time: what waits may spin. */
async function bestCombinations(bodies) {
  const best = {};
  for (const combination of COMBINATIONS) {
    const server = await startPeer(combination);
    const found = await rates(server, bodies, LOADS, 2).finally(server.stop);
    const { workers, threads } = combination;
    for (const { figure } of LOADS) {
      const rate = Math.max(...found[figure]);
      console.error(
        `deepaas ${workers} × ${threads}, ${figure}: ${rate.toFixed(1)}`
      );
      if (!best[figure] || rate > best[figure].rate) {
        best[figure] = { rate, combination };
      }
    }
  }
  return best;
}

/** One measurement of each, in turns; each server alone on the machine. */
async function alternate(load, combination, bodies) {
  const values = { ours: [], peer: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, start] of [
      ['ours', startOurs],
      ['peer', () => startPeer(combination)]
    ]) {
      const server = await start();
      const found = await rates(server, bodies, [load], 1).finally(server.stop);
      values[side].push(...found[load.figure]);
    }
    console.error(
      `${load.figure} round ${round + 1}: ours ${values.ours.at(-1).toFixed(1)}, peer ${values.peer.at(-1).toFixed(1)}`
    );
  }
  return values;
}

const nameOf = ({ workers, threads }) =>
  `deepaas 2.6.0, ${workers} × ${threads}`;

async function rateFigures(bodies) {
  const best = await bestCombinations(bodies);
  const figures = [];
  for (const load of LOADS) {
    const { combination } = best[load.figure];
    const { ours, peer } = await alternate(load, combination, bodies);
    figures.push(
      figure({
        bench: BENCH,
        figure: load.figure,
        values: ours,
        unit: 'requests/s',
        better: 'higher',
        peer: { name: nameOf(combination), values: peer }
      })
    );
  }
  return figures;
}

async function agreementFigures(bodies) {
  const servers = [
    await startOurs(),
    await startPeer({ workers: 1, threads: 1 })
  ];
  try {
    const [ours, peers] = await Promise.all(
      servers.map(server =>
        withCaller(server, async caller => {
          const answers = [];
          for (const body of bodies) {
            answers.push(await caller.predict(body));
          }
          return answers;
        })
      )
    );
    return agreement(BENCH, ours, peers);
  } finally {
    await Promise.all(servers.map(server => server.stop()));
  }
}

await measure(BENCH, async () => {
  checkPeers();
  const bodies = bodiesOf(pictures());
  const sizes = bodies.map(({ length }) => length);
  console.error(
    `${bodies.length} pictures, median ${Math.round(median(sizes) / 1000)} kB`
  );
  const agreed = await agreementFigures(bodies);
  return [...(await rateFigures(bodies)), ...agreed];
});
