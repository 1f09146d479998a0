/** What our extension costs JupyterLab before anyone opens a panel of it: time to activate, bytes of script. */
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { at } from '../../scripts/paths.mjs';
import { findChromium } from '../../scripts/setup.mjs';

const { chromium } = createRequire(at('ui-tests/package.json'))(
  '@playwright/test'
);
const PORT = 18947;
const ORIGIN = `http://127.0.0.1:${PORT}`;

/** Runs in the page before any of its scripts: times the activation of each of our plugins. */
function timeActivations() {
  const timed = [];
  window.deepActivations = timed;
  const wrap = container => ({
    ...container,
    get: async name => {
      const factory = await container.get(name);
      if (name !== './extension') {
        return factory;
      }
      const plugins = [factory().default ?? factory()].flat();
      for (const plugin of plugins) {
        const activate = plugin.activate;
        plugin.activate = (...args) => {
          const started = performance.now();
          const done = value => {
            timed.push({ id: plugin.id, ms: performance.now() - started });
            return value;
          };
          const result = activate(...args);
          return result instanceof Promise ? result.then(done) : done(result);
        };
      }
      return factory;
    }
  });
  window._JUPYTERLAB = new Proxy(
    {},
    {
      set: (target, name, container) => {
        target[name] = name === 'jupyterlab-deep' ? wrap(container) : container;
        return true;
      }
    }
  );
}

async function startLab(home) {
  const root = path.join(home, 'root');
  mkdirSync(root);
  const lab = spawn(
    'jupyter',
    [
      'lab',
      '--no-browser',
      '--allow-root',
      `--port=${PORT}`,
      '--ServerApp.port_retries=0',
      '--IdentityProvider.token=',
      '--ServerApp.password=',
      `--ServerApp.root_dir=${root}`
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        HOME: home,
        JUPYTER_DATA_DIR: path.join(home, 'data'),
        JUPYTER_RUNTIME_DIR: path.join(home, 'runtime'),
        JUPYTER_CONFIG_DIR: path.join(home, 'config')
      }
    }
  );
  for (let i = 0; i < 300; i++) {
    const answered = await fetch(`${ORIGIN}/api`).then(
      reply => reply.ok,
      () => false
    );
    if (answered) {
      return lab;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  lab.kill();
  throw new Error('JupyterLab did not answer within 30 s');
}

async function visit(browser) {
  const page = await browser.newPage();
  await page.addInitScript(timeActivations);
  let bytes = 0;
  const bodies = [];
  page.on('response', reply => {
    if (/extensions\/jupyterlab-deep\/static\/.*\.js/.test(reply.url())) {
      bodies.push(reply.body().then(body => (bytes += body.length)));
    }
  });
  await page.goto(`${ORIGIN}/lab`);
  await page.waitForSelector('#jp-main-dock-panel', { timeout: 60_000 });
  await page.waitForFunction(
    () =>
      window.jupyterapp?.restored ?? document.querySelector('#jp-left-stack'),
    undefined,
    { timeout: 60_000 }
  );
  await page.waitForLoadState('networkidle');
  await Promise.all(bodies);
  const activations = await page.evaluate(() => window.deepActivations);
  await page.close();
  if (activations.length === 0) {
    throw new Error(
      'None of our plugins was activated: is the wheel installed?'
    );
  }
  return { activations, bytes };
}

/** @returns for each visit the summed activation time, ms, and the size of our scripts, bytes. */
export async function measureLab(visits) {
  const home = mkdtempSync(path.join(tmpdir(), 'deep-bench-'));
  const lab = await startLab(home);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  });
  try {
    await visit(browser);
    const results = [];
    for (let i = 0; i < visits; i++) {
      const { activations, bytes } = await visit(browser);
      const ms = activations.reduce((sum, each) => sum + each.ms, 0);
      results.push({ ms, bytes });
    }
    return results;
  } finally {
    await browser.close();
    lab.kill();
    await new Promise(resolve => lab.once('exit', resolve));
    rmSync(home, { recursive: true, force: true });
  }
}
