import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  writeFileSync
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../__tests__/bundles';
import { TestHome } from '../../__tests__/home';
import { shortHash } from '../origin';

const UV = path.join(ROOT, '.venv/bin/uv');
const PYTHON = path.join(ROOT, '.venv/bin/python');

/** Why environments cannot be made here; empty when they can. */
export const missing = [
  existsSync(UV) ? '' : 'uv in .venv',
  existsSync('/usr/bin/git') ? '' : 'git'
]
  .filter(Boolean)
  .join(' and ');

/** What the door tells the service of Python; wheels that were fetched once are not fetched again. */
export const TOOLS = {
  DEEP_UV: UV,
  DEEP_PYTHON: PYTHON,
  DEEP_DEEPAAS_LAUNCHER: path.join(
    ROOT,
    'jupyterlab_deep/deepaas_on_socket.py'
  ),
  UV_CACHE_DIR: process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
};

const PEERS_FOLDER = path.join(ROOT, '.venv-peers');

/** Real DEEPaaS, and what modules of tests need, in one environment; empty where there is none. */
export const PEERS = existsSync(PEERS_FOLDER) ? realpathSync(PEERS_FOLDER) : '';

/** Why a module cannot run in it; empty when it can. */
export const missingPeers = existsSync(path.join(PEERS, 'bin/deepaas-run'))
  ? ''
  : 'deepaas in .venv-peers';

/**
 * Makes an environment for a list of packages that takes everything from there, as if it had been installed before: doing so takes
 * a minute. Its user has to let the module see that folder.
 */
export function lendPeers({ store }: TestHome, lock: string): void {
  const ask = 'import platform; print(platform.python_version(), end="")';
  const python = execFileSync(PYTHON, ['-c', ask], { encoding: 'utf8' });
  const id = shortHash(lock, python);
  const folder = path.join(store, 'python/environments', `${id}-lent`);
  const packages = `lib/python${python.split('.', 2).join('.')}/site-packages`;
  const venv = path.join(folder, 'venv');
  execFileSync(PYTHON, ['-m', 'venv', '--without-pip', venv]);
  writeFileSync(
    path.join(venv, packages, 'lent.pth'),
    path.join(PEERS, packages)
  );
  const about = {
    id,
    python,
    packages: 0,
    sizeBytes: 0,
    modules: [],
    madeAt: new Date().toISOString()
  };
  writeFileSync(path.join(folder, 'environment.json'), JSON.stringify(about));
}

const PROJECT = path.join(__dirname, 'fixtures/leaf_counter');

/** A copy of our own project, without what earlier runs left. */
export function copyProject(folder: string): string {
  cpSync(PROJECT, folder, {
    recursive: true,
    filter: file => !/__pycache__|egg-info/.test(file)
  });
  return folder;
}

const git = (folder: string, ...args: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
  ).trim();

/** A repository with our project as its only commit. */
export function makeRepository(folder: string): string {
  copyProject(folder);
  git(folder, 'init', '-q', '-b', 'main');
  return commitAll(folder);
}

/** @returns The commit. */
export function commitAll(folder: string): string {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'change');
  return git(folder, 'rev-parse', 'HEAD');
}

/** A project of one file, with what its module does. */
export function makeModule(folder: string, name: string, code: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.py`), code);
  writeFileSync(
    path.join(folder, 'pyproject.toml'),
    `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "${name}"
version = "1.0"
dependencies = ["deepaas==2.6.0"]

[project.entry-points."deepaas.v2.model"]
${name} = "${name}"

[tool.setuptools]
py-modules = ["${name}"]
`
  );
}
