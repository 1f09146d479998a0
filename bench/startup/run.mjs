/** What a person waits for, and what lies on the hub, against the goals of the project. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { at } from '../../scripts/paths.mjs';
import { figure, measure } from '../report.mjs';
import { measureLab } from './lab.mjs';
import { measureService } from './service.mjs';

const TIMES = 5;
const run = promisify(execFile);

async function repeated(work) {
  await work();
  const results = [];
  for (let i = 0; i < TIMES; i++) {
    results.push(await work());
  }
  return results;
}

async function kernelMs() {
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  try {
    const { stdout } = await run('python', [at('bench/startup/kernel.py')], {
      env: {
        ...process.env,
        HOME: home,
        JUPYTER_DATA_DIR: path.join(home, 'data'),
        JUPYTER_RUNTIME_DIR: path.join(home, 'runtime')
      },
      cwd: home,
      timeout: 120_000
    });
    return Number(stdout);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function wheelMb() {
  const folder = at('build/wheel');
  const [name] = (await readdir(folder)).filter(each => each.endsWith('.whl'));
  return (await stat(path.join(folder, name))).size / 1e6;
}

const lower = (name, values, unit, goal) =>
  figure({
    bench: 'startup',
    figure: name,
    values,
    unit,
    better: 'lower',
    goal
  });

await measure('startup', async () => {
  const visits = await measureLab(TIMES);
  const services = await repeated(measureService);
  return [
    lower(
      'activate_ms',
      visits.map(each => each.ms),
      'ms',
      50
    ),
    lower(
      'entry_kb',
      visits.map(each => each.bytes / 1000),
      'kB',
      100
    ),
    lower(
      'service_ms',
      services.map(each => each.ms),
      'ms',
      1000
    ),
    lower('kernel_ms', await repeated(kernelMs), 'ms', 3000),
    lower(
      'service_idle_mb',
      services.map(each => each.idleMb),
      'MB',
      90
    ),
    lower('wheel_mb', [await wheelMb()], 'MB', 95)
  ];
});
