/**
 * The catalogue with 10,000 modules mixed from real ones, and reading all real files over a slow network. Against the project's
 * goals. Usage: npm run bench -- catalogue [--json]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, root } from '../../scripts/paths.mjs';
import { figure, measure } from '../report.mjs';
import { measurePanel } from './panel.mjs';
import { typedQueries } from './queries.mjs';
import { configure, ServiceProcess } from './serviceProcess.mjs';

const BENCH = 'catalogue';
const COUNT = 10_000;
const ROUNDS = 5;
const LATENCY_MS = 20;
const IDLE_AFTER_MS = 4000;

const lower = (name, values, unit, goal) =>
  figure({ bench: BENCH, figure: name, values, unit, better: 'lower', goal });

function dataFolder() {
  const data =
    process.env.DEEP_TEST_DATA ?? path.join(path.dirname(root), 'shared');
  const folder = path.join(data, 'catalogue');
  if (!existsSync(folder)) {
    throw new Error(
      'The real metadata are not there: DEEP_TEST_DATA names the folder that has `catalogue`'
    );
  }
  return folder;
}

/** Starts a server that prints its port as one line of JSON. */
async function startServer(script, args) {
  const child = spawn(
    process.execPath,
    [at('bench/catalogue', script), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit']
    }
  );
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    origin: `http://127.0.0.1:${JSON.parse(line).port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  };
}

async function withHome(work) {
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function withService(home, work) {
  const service = await new ServiceProcess(home).start();
  try {
    return await work(service);
  } finally {
    await service.stop();
  }
}

/** All real files through all three adapters, first with nothing known, then with nothing changed. */
async function refreshFigures(data) {
  const server = await startServer('standIn.mjs', [
    '--latency',
    String(LATENCY_MS),
    '--data',
    path.dirname(data)
  ]);
  const cold = [];
  const unchanged = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await withHome(async home => {
        configure(home, standInSources(server.origin));
        await withService(home, async service => {
          cold.push(await service.refreshMs());
          unchanged.push(await service.refreshMs());
        });
      });
    }
  } finally {
    await server.stop();
  }
  return [
    lower('refresh_cold_ms', cold, 'ms', 1500),
    lower('refresh_unchanged_ms', unchanged, 'ms', 300)
  ];
}

const standInSources = origin => [
  { id: 'ai4eosc', kind: 'papi', title: 'AI4EOSC', address: `${origin}/v1` },
  {
    id: 'ai4os',
    kind: 'git-index',
    title: 'AI4OS',
    address: `${origin}/raw/ai4os-hub/modules-catalog/master/.gitmodules`,
    toolsAddress: `${origin}/raw/ai4os/tools-catalog/master/.gitmodules`,
    rawAddress: `${origin}/raw/{owner}/{repo}/{branch}/{file}`
  },
  {
    id: 'deep',
    kind: 'deep-index',
    title: 'DEEP',
    address: `${origin}/raw/deephdc/deep-oc/master/MODULES.yml`,
    rawAddress: `${origin}/raw/{owner}/{repo}/{branch}/{file}`
  }
];

/** A store that knows the mixed modules already, as on the second day. */
async function fill(home, data) {
  const server = await startServer('mixedServer.mjs', [data, String(COUNT)]);
  try {
    configure(home, [
      {
        id: 'mixed',
        kind: 'papi',
        title: 'Mixed',
        address: `${server.origin}/v1`
      }
    ]);
    await withService(home, async service => {
      console.error(
        `${COUNT} modules read in ${Math.round(await service.refreshMs())} ms`
      );
      const { total } = await service.ask('/catalogue/modules?limit=1');
      if (total < COUNT) {
        throw new Error(`Only ${total} modules arrived`);
      }
    });
  } finally {
    await server.stop();
  }
}

async function idleMb() {
  return withHome(home => {
    configure(home, []);
    return withService(home, async service => {
      await service.ask('/catalogue/modules?text=image');
      await sleep(IDLE_AFTER_MS);
      return service.residentMb;
    });
  });
}

/** Memory once everything was listed and searched; the time of each typed query. */
function searchFigures(home, data, idle) {
  return withService(home, async service => {
    await service.ask('/catalogue/modules?text=image');
    const queries = typedQueries(data);
    const times = [];
    for (const query of queries) {
      const start = performance.now();
      await service.ask(
        `/catalogue/modules?text=${encodeURIComponent(query)}&limit=100`
      );
      times.push(performance.now() - start);
    }
    await sleep(IDLE_AFTER_MS);
    const sorted = times.toSorted((a, b) => a - b);
    const p95 = sorted[Math.floor(sorted.length * 0.95)];
    console.error(
      `${times.length} queries, median ${sorted[sorted.length >> 1].toFixed(1)} ms`
    );
    return [
      lower('search_p95_ms', [p95], 'ms', 10),
      lower('memory_mb', [service.residentMb - idle], 'MB', 150)
    ];
  });
}

/** The other figures are worth having without these. */
async function panelFigures(home) {
  try {
    const { keystrokeMs, firstPaintMs } = await measurePanel(home, ROUNDS);
    return [
      lower('keystroke_ms', keystrokeMs, 'ms', 80),
      lower('first_paint_ms', firstPaintMs, 'ms', 200)
    ];
  } catch (error) {
    console.error(`The panel could not be measured: ${error.message}`);
    process.exitCode = 1;
    return [];
  }
}

await measure(BENCH, async () => {
  const data = dataFolder();
  const refresh = await refreshFigures(data);
  const idle = await idleMb();
  return withHome(async home => {
    await fill(home, data);
    const search = await searchFigures(home, data, idle);
    return [...search, ...(await panelFigures(home)), ...refresh];
  });
});
