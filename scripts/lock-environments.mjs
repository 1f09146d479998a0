/**
 * Makes what lies beside each environments/NAME/pyproject.toml: a lock with hashes for each variant, and `environment.json` with what the
 * service tells of it. Locks name no package index: that of whoever installs them counts.
 * Usage: node scripts/lock-environments.mjs [--figures | --measure] [NAME …]
 *   --figures keeps the locks; --measure keeps them too, and makes each environment once without a cache, for its size and time.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { at } from './paths.mjs';
import { main, toolEnvironment } from './steps.mjs';

const PYTHONS = ['3.11', '3.12', '3.13', '3.14'];
/** As Node calls them, and uv. */
const PLATFORMS = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-arm64': 'aarch64-apple-darwin'
};

const uv = (args, more = {}) =>
  execFileSync('uv', [...args, '--quiet', '--no-config'], {
    encoding: 'utf8',
    // Newer packages have no wheels for older systems of Apple.
    env: toolEnvironment({ MACOSX_DEPLOYMENT_TARGET: '14.0' }),
    maxBuffer: 64 * 1024 ** 2,
    ...more
  });

function lock(folder, variant) {
  const file = path.join(folder, `${variant}.txt`);
  uv(
    [
      ...['pip', 'compile', 'pyproject.toml', '--extra', variant],
      ...['--universal', '--generate-hashes', '--upgrade'],
      ...['--no-header', '--no-annotate', '--output-file', file]
    ],
    { cwd: folder }
  );
}

/** The wheels that this interpreter would take there; undefined where one is missing. */
function wheels(file, platform, python) {
  try {
    const text = uv(
      [
        ...['pip', 'compile', file, '--format', 'pylock.toml'],
        ...['--python-version', python, '--python-platform', platform],
        '--only-binary=:all:'
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] }
    );
    return parse(text).packages ?? [];
  } catch {
    return undefined;
  }
}

/** What of a lock fits where, and how much is downloaded. */
function figures(file, variant, shown) {
  const found = {};
  for (const [name, platform] of Object.entries(PLATFORMS)) {
    const all = PYTHONS.map(python => [
      python,
      wheels(file, platform, python)
    ]).filter(([, packages]) => fits(packages, variant, shown));
    if (all.length > 0) {
      const [, packages] = all[Math.floor((all.length - 1) / 2)];
      found[name] = {
        pythons: all.map(([python]) => python),
        packages: packages.length,
        downloadBytes: packages
          .map(({ wheels: [{ size }] }) => size)
          .reduce((sum, size) => sum + size, 0),
        versions: Object.fromEntries(
          packages
            .filter(isOneOf(shown))
            .map(({ name, version }) => [name, version])
        )
      };
    }
  }
  return found;
}

/** Markers leave out what is not published somewhere: what matters has to be left, and of CUDA its libraries. */
const fits = (packages, variant, shown) =>
  packages !== undefined &&
  packages.some(isOneOf(shown)) &&
  (variant !== 'cuda' ||
    packages.some(({ name }) => name.startsWith('nvidia-')));

const isOneOf =
  names =>
  ({ name }) =>
    names.includes(name);

/** Size on disk and time with an empty cache, on this machine. */
function measure(file) {
  const folder = mkdtempSync(path.join(tmpdir(), 'deep-environment-'));
  try {
    const env = toolEnvironment({ UV_CACHE_DIR: path.join(folder, 'cache') });
    const venv = path.join(folder, 'venv');
    const started = Date.now();
    uv(['venv', venv], { env });
    uv(
      [
        ...['pip', 'install', '--python', venv],
        ...['--require-hashes', '--only-binary=:all:', '-r', file]
      ],
      { env }
    );
    const seconds = Math.round((Date.now() - started) / 1000);
    const [kilobytes] = execFileSync('du', ['-sk', venv], {
      encoding: 'utf8'
    }).split('\t');
    return { installedBytes: Number(kilobytes) * 1024, seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(name, { locks, measures }) {
  const folder = at('environments', name);
  const { project, tool } = parse(
    readFileSync(path.join(folder, 'pyproject.toml'), 'utf8')
  );
  const { title, shown } = tool['deep-environment'];
  const file = path.join(folder, 'environment.json');
  const variants = {};
  for (const variant of Object.keys(project['optional-dependencies'])) {
    if (locks) {
      lock(folder, variant);
    }
    const text = path.join(folder, `${variant}.txt`);
    const platforms = figures(text, variant, shown);
    const here = platforms[`${process.platform}-${process.arch}`];
    if (here) {
      const known = knownMeasure(file, variant);
      Object.assign(here, measures ? measure(text) : known);
    }
    variants[variant] = platforms;
    console.log(name, variant, JSON.stringify(here));
  }
  const { description, 'requires-python': python } = project;
  const about = { name, title, summary: description, python, variants };
  writeFileSync(file, `${JSON.stringify(about, null, 2)}\n`);
}

function knownMeasure(file, variant) {
  try {
    const { variants } = JSON.parse(readFileSync(file, 'utf8'));
    const { installedBytes, seconds } =
      variants[variant][`${process.platform}-${process.arch}`];
    return { installedBytes, seconds };
  } catch {
    // The first time nothing was measured.
    return {};
  }
}

main(async () => {
  const words = process.argv.slice(2);
  const wanted = words.filter(word => !word.startsWith('--'));
  const all = readdirSync(at('environments'), { withFileTypes: true })
    .filter(({ parentPath, name }) =>
      existsSync(path.join(parentPath, name, 'pyproject.toml'))
    )
    .map(({ name }) => name);
  for (const name of wanted.length > 0 ? wanted : all) {
    const measures = words.includes('--measure');
    const locks = !measures && !words.includes('--figures');
    describe(name, { locks, measures });
  }
});
