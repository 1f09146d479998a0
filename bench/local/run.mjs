/**
 * Lite0 in a cell against Python's onnxruntime in its own process: the same pictures one after the other, from the file to the five
 * best classes, with the same number of threads; and how late a cell's other work is meanwhile. Usage: npm run bench -- local [--json]
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { at, peersVenv } from '../../scripts/paths.mjs';
import { figure, measure, median } from '../report.mjs';

const BENCH = 'local';
const MODEL = at('jupyterlab_deep/modules/image-classifier');
const HELPERS = at(
  'jupyterlab_deep/node/node_modules/@jupyterlab-deep/kernel-helpers'
);
const THREADS = 2;
const ROUNDS = 5;
/** Of each round and side. */
const PREDICTIONS = 60;
const WARM_UP = 20;
const LAG_MS = 4000;

/** A process that answers lines of JSON, or of text, with lines of JSON. */
class Side {
  constructor(command, args, env) {
    this._child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit']
    });
    this._lines = createInterface({ input: this._child.stdout })[
      Symbol.asyncIterator
    ]();
  }

  async ask(line) {
    if (line !== undefined) {
      this._child.stdin.write(`${line}\n`);
    }
    const { value, done } = await this._lines.next();
    if (done) {
      throw new Error('A side ended before it answered.');
    }
    return JSON.parse(value);
  }

  async end() {
    const ended = new Promise(resolve => this._child.once('exit', resolve));
    this._child.stdin.end();
    await ended;
  }
}

function pictures() {
  const folder = path.join(MODEL, 'examples');
  return readdirSync(folder).map(name => path.join(folder, name));
}

const startOurs = async () => {
  const side = new Side(process.execPath, [
    at('bench/local/cell.cjs'),
    HELPERS,
    MODEL,
    String(THREADS)
  ]);
  const { backend, detail } = await side.ask();
  console.error(`ours: ${backend} (${detail})`);
  return side;
};

const startPeer = async () => {
  const side = new Side(
    `${peersVenv}/bin/python`,
    [at('bench/local/peer.py')],
    {
      LITE0_MODEL: MODEL,
      LITE0_THREADS: String(THREADS),
      // As ours: reporting to onnxruntime's maker is not what is compared.
      ORT_DISABLE_TELEMETRY: '1'
    }
  );
  await side.ask();
  return side;
};

/** Milliseconds of each prediction, by turns over the pictures; answers by picture. */
async function predictAll(side, lineOf, files, count) {
  const times = [];
  const classes = [];
  for (let n = 0; n < count; n++) {
    const { ms, index } = await side.ask(lineOf(files[n % files.length]));
    times.push(ms);
    classes[n % files.length] = index;
  }
  return { ms: median(times), classes };
}

const ourLine = file => JSON.stringify({ path: file });
const theirLine = file => file;

/** A side waits without work while the other is measured. */
async function predictFigures(ours, peer, files) {
  const values = { ours: [], peer: [] };
  await predictAll(ours, ourLine, files, WARM_UP);
  await predictAll(peer, theirLine, files, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    const mine = await predictAll(ours, ourLine, files, PREDICTIONS);
    const theirs = await predictAll(peer, theirLine, files, PREDICTIONS);
    if (String(mine.classes) !== String(theirs.classes)) {
      throw new Error(`They disagree: ${mine.classes} and ${theirs.classes}.`);
    }
    values.ours.push(mine.ms);
    values.peer.push(theirs.ms);
    console.error(
      `round ${round + 1}: ours ${mine.ms.toFixed(2)} ms, peer ${theirs.ms.toFixed(2)} ms`
    );
  }
  return [
    figure({
      bench: BENCH,
      figure: 'predict_ms',
      values: values.ours,
      unit: 'ms',
      better: 'lower',
      peer: {
        name: `Python onnxruntime and Pillow, ${THREADS} threads`,
        values: values.peer
      }
    })
  ];
}

const lagOf = (side, files) =>
  side.ask(JSON.stringify({ lag: { pictures: files, durationMs: LAG_MS } }));

/** How much later than in an idle process a cell's timers fire, in the worst hundredth. */
async function lagFigures(ours, files) {
  const over = [];
  for (let round = 0; round < ROUNDS; round++) {
    const idle = await lagOf(ours, []);
    const busy = await lagOf(ours, files);
    over.push(Math.max(0, busy.p99Ms - idle.p99Ms));
    console.error(
      `loop, 99th percentile: ${idle.p99Ms.toFixed(2)} ms idle, ${busy.p99Ms.toFixed(2)} ms at ${((busy.count * 1000) / LAG_MS).toFixed(0)} pictures/s; means ${idle.meanMs.toFixed(2)} and ${busy.meanMs.toFixed(2)} ms`
    );
  }
  return [
    figure({
      bench: BENCH,
      figure: 'loop_lag_ms',
      values: over,
      unit: 'ms over idle',
      better: 'lower',
      goal: 10
    })
  ];
}

await measure(BENCH, async () => {
  if (!existsSync(`${peersVenv}/bin/python`)) {
    throw new Error(
      'The peer is not installed: node scripts/setup.mjs --peers'
    );
  }
  const files = pictures();
  const sides = [await startOurs(), await startPeer()];
  const [ours, peer] = sides;
  try {
    return [
      ...(await predictFigures(ours, peer, files)),
      ...(await lagFigures(ours, files))
    ];
  } finally {
    await Promise.all(sides.map(side => side.end()));
  }
});
