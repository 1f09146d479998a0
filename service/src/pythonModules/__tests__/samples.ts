import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../__tests__/bundles';

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
