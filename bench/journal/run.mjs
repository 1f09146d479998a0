/**
 * A journal of 5,000 trainings with their metrics: how long its pages take, and the start of the service over it.
 * Usage: npm run bench -- journal [--json]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configure, ServiceProcess } from '../catalogue/serviceProcess.mjs';
import { figure, measure } from '../report.mjs';

const BENCH = 'journal';
const RUNS = 5000;
const STEPS = 50;
const MODULES = 40;
const ASKED = 100;
const STARTS = 5;

const idOf = index => index.toString(16).padStart(16, '0');
const moduleOf = index => `builtin/module-${index % MODULES}`;

/** A training as the service keeps it. */
function runOf(index) {
  const createdAt = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
  const at = createdAt.toISOString();
  const values = Array.from({ length: 32 }, (_, step) => 1 - 1 / (step + 2));
  return {
    id: idOf(index),
    kind: 'training',
    title: `Module ${index % MODULES}: cloud:data-${index % 7}`,
    module: moduleOf(index),
    deployment: idOf(index),
    state: index % 9 === 0 ? 'failed' : 'succeeded',
    phase: '',
    arguments: { data: '/data/pictures', epochs: STEPS, learning_rate: 0.001 },
    inputs: [],
    createdAt: at,
    startedAt: at,
    endedAt: at,
    training: {
      data: [
        {
          argument: 'data',
          name: `cloud:data-${index % 7}`,
          path: '/data/pictures',
          files: 1000,
          bytes: 20_000_000,
          fingerprint: idOf(index).repeat(4)
        }
      ],
      hardware: '2 CPU, 24 GB, no GPU',
      environment: 'on this machine, module-runtime, cpu',
      training: idOf(index).repeat(2),
      steps: STEPS,
      metrics: { loss: 0.1, accuracy: 0.95, val_loss: 0.2, val_accuracy: 0.9 },
      curve: { metric: 'val_accuracy', values }
    }
  };
}

function fill(store) {
  const database = new DatabaseSync(path.join(store, 'deep.sqlite'));
  const insert = database.prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)');
  const lines = Array.from({ length: STEPS }, (_, index) => {
    const values = { loss: 1 / (index + 1), accuracy: 1 - 1 / (index + 2) };
    const at = new Date().toISOString();
    return JSON.stringify({ cursor: index, step: index + 1, at, values });
  });
  database.exec('BEGIN');
  for (let index = 0; index < RUNS; index++) {
    const run = runOf(index);
    insert.run(
      run.id,
      run.module,
      run.state,
      run.createdAt,
      JSON.stringify(run),
      '[]'
    );
    const folder = path.join(store, 'runs', run.id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'steps.jsonl'), `${lines.join('\n')}\n`);
  }
  database.exec('COMMIT');
  database.close();
}

/** What a person asks for by turns: the newest of all, those of a module, one with its curves. */
async function pageTimes(service) {
  const times = [];
  for (let turn = 0; turn < ASKED; turn++) {
    const run = idOf((turn * 997) % RUNS);
    const pages = [
      ['/runs?limit=100'],
      [`/runs?limit=100&module=${moduleOf(turn)}`],
      [`/runs/${run}`, `/runs/${run}/metrics`]
    ];
    for (const parts of pages) {
      const since = performance.now();
      for (const part of parts) {
        await service.ask(part);
      }
      times.push(performance.now() - since);
    }
  }
  return times;
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1];
}

async function figures() {
  const home = mkdtempSync(path.join(tmpdir(), 'bj-'));
  try {
    configure(home, []);
    const empty = await new ServiceProcess(home).start();
    await empty.stop();
    fill(path.join(home, 'data/deep'));
    const starts = [];
    const pages = [];
    for (let round = 0; round < STARTS; round++) {
      const since = performance.now();
      const service = await new ServiceProcess(home).start();
      starts.push(performance.now() - since);
      pages.push(percentile(await pageTimes(service), 0.95));
      await service.stop();
    }
    const common = { bench: BENCH, unit: 'ms', better: 'lower' };
    return [
      figure({ ...common, figure: 'page_p95_ms', values: pages, goal: 50 }),
      figure({ ...common, figure: 'service_ms', values: starts, goal: 1500 })
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

await measure(BENCH, figures);
