/**
 * Makes everything that `npm start`, `npm test` and `npm run bench` need; does only what is not done yet.
 * Runs on the PATH's Node; all that follows runs on the virtual environment's Node 24.
 * Usage: node scripts/setup.mjs [--tests] [--peers]
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { at, elyraVenv, hubVenv, imVenv, peersVenv, venv } from './paths.mjs';
import { main, run, SetupError, step } from './steps.mjs';
import { fingerprint, unlessDone } from './stamp.mjs';

const MINIMUM_PYTHON = [3, 11];

/** What the wheel is made of: a change in one of these makes it anew. */
const WHEEL_SOURCES = [
  'protocol',
  'kernel-helpers',
  'service',
  'module-runtime',
  'src',
  'environments',
  'style',
  'schema',
  'jupyterlab_deep',
  'jupyter-config',
  // The other examples are no part of it.
  'examples/modules/building.py',
  'examples/modules/image-classifier',
  'examples/modules/penguin-species',
  'examples/modules/voice-activity',
  'scripts/build-node.mjs',
  'scripts/stage-packages.mjs',
  'hatch_build.py',
  'pyproject.toml',
  'package.json',
  'package-lock.json',
  'install.json',
  'tsconfig.base.json',
  'tsconfig.json'
];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (!(
    (major === 20 && minor >= 19) ||
    (major === 22 && minor >= 12) ||
    major > 22
  )) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: install Node 20.19 or later in the 20 series, or 22.12 or later.`
    );
  }
}

/** The Python to make the environment with: `$PYTHON`, else `python3`. */
function findPython() {
  const python = process.env.PYTHON ?? 'python3';
  const probe = spawnSync(
    python,
    ['-c', 'import sys, venv, ensurepip; print(*sys.version_info[:2])'],
    { encoding: 'utf8', timeout: 30_000 }
  );
  if (probe.error || probe.status !== 0) {
    throw new SetupError(
      `No usable Python: \`${python}\` ${probe.error ? `could not be run (${probe.error.message})` : `said: ${probe.stderr.trim()}`}. ` +
        'Install Python 3.11 or later with its venv module (Debian: python3-venv), or name it by the variable PYTHON.'
    );
  }
  const [major, minor] = probe.stdout.trim().split(' ').map(Number);
  if (major !== MINIMUM_PYTHON[0] || minor < MINIMUM_PYTHON[1]) {
    throw new SetupError(
      `Python ${major}.${minor} is too old: Python ${MINIMUM_PYTHON.join('.')} or later is needed.`
    );
  }
  return python;
}

/** An environment with what a file of requirements names, made anew where that has changed. */
export async function pythonEnvironment(
  folder,
  requirements,
  stamp,
  options = []
) {
  const print = await fingerprint([requirements]);
  return unlessDone(stamp, print, `${folder}/bin/python`, async () => {
    const python = findPython();
    await rm(folder, { recursive: true, force: true });
    await run(python, ['-m', 'venv', folder], { log: `${stamp}-venv` });
    await run(
      `${folder}/bin/python`,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        ...options,
        '-r',
        at(requirements)
      ],
      { log: `${stamp}-pip` }
    );
  });
}

async function npmPackages(folder, stamp) {
  const relative = folder ? `${folder}/` : '';
  const print = await fingerprint([`${relative}package-lock.json`]);
  return unlessDone(stamp, print, at(folder, 'node_modules'), () =>
    run('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: at(folder),
      log: stamp
    })
  );
}

async function wheel() {
  const print = await fingerprint(WHEEL_SOURCES);
  return unlessDone(
    'wheel',
    print,
    `${venv}/share/jupyter/labextensions/jupyterlab-deep/package.json`,
    async () => {
      await rm(at('build/wheel'), { recursive: true, force: true });
      const pip = ['-m', 'pip', '--disable-pip-version-check'];
      await run(
        `${venv}/bin/python`,
        [
          ...pip,
          'wheel',
          '--no-build-isolation',
          '--no-deps',
          '--wheel-dir',
          at('build/wheel'),
          '.'
        ],
        { log: 'wheel' }
      );
      // All its dependencies are pinned in requirements/dev.txt.
      await run(
        `${venv}/bin/python`,
        [
          ...pip,
          'install',
          '--force-reinstall',
          '--no-deps',
          '--no-index',
          '--find-links',
          at('build/wheel'),
          'jupyterlab_deep'
        ],
        { log: 'wheel-install' }
      );
    }
  );
}

/** Pictures to drop: what the built-in modules bring as examples, beside the example notebooks. */
async function examplePhotos() {
  await mkdir(at('examples/photos'), { recursive: true });
  await cp(
    at('jupyterlab_deep/modules/image-classifier/examples'),
    at('examples/photos'),
    { recursive: true }
  );
}

/** Does the set-up; `tests` adds the browser tests' packages, `peers` the peers that we compare ourselves with. */
export async function setup({ tests = false, peers = false } = {}) {
  checkNode();
  await step('Python environment (.venv) with JupyterLab and Node 24', () =>
    pythonEnvironment(venv, 'requirements/dev.txt', 'venv')
  );
  await step('npm packages', () => npmPackages('', 'npm'));
  await step('Building and installing jupyterlab_deep', wheel);
  await step('Example pictures', examplePhotos);
  if (tests) {
    await step('npm packages of the browser tests', () =>
      npmPackages('ui-tests', 'npm-ui-tests')
    );
  }
  if (tests || peers) {
    await step('Python environment of the peers (.venv-peers)', () =>
      pythonEnvironment(peersVenv, 'bench/peers/requirements.txt', 'peers')
    );
  }
  if (tests) {
    // Without what its package asks for and its tests never use: see the file.
    await step('Infrastructure Manager for the tests (.venv-im)', () =>
      pythonEnvironment(imVenv, 'requirements/im.txt', 'im', ['--no-deps'])
    );
    await step('Elyra for the tests (.venv-elyra)', () =>
      pythonEnvironment(elyraVenv, 'requirements/elyra.txt', 'elyra', [
        '--no-deps'
      ])
    );
    await step('JupyterHub for the tests (.venv-hub), with its proxy', () =>
      Promise.all([
        pythonEnvironment(hubVenv, 'requirements/hub.txt', 'hub', [
          '--no-deps'
        ]),
        npmPackages('examples/jupyterhub', 'npm-hub')
      ])
    );
  }
  if (tests && !findChromium()) {
    throw new SetupError(
      'Chromium was not found. Install it (Debian: apt-get install chromium), or name it by the variable CHROMIUM_PATH.'
    );
  }
}

/** The browser of the tests, or undefined. */
export function findChromium() {
  return [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'
  ].find(each => each && existsSync(each));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(() =>
    setup({
      tests: process.argv.includes('--tests'),
      peers: process.argv.includes('--peers')
    })
  );
}
