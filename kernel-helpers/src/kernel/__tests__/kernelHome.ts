import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile
} from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

export const root = path.resolve(__dirname, '..', '..', '..', '..');
export const python = path.join(root, '.venv', 'bin', 'python');
/** Why kernels cannot be started here; empty when they can. */
export const missing = existsSync(python) ? '' : 'Jupyter in .venv';

const run = promisify(execFile);

/** Whole folder of a test: the kernel as built from these sources, a kernelspec, folders for Jupyter. */
export interface IKernelHome {
  folder: string;
  /** Folder like `jupyterlab_deep/node`. */
  node: string;
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export async function makeKernelHome(): Promise<IKernelHome> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dk-'));
  const node = path.join(folder, 'node');
  const modules = path.join(node, 'node_modules');
  await mkdir(modules, { recursive: true });
  await Promise.all([
    run(process.execPath, [
      path.join(root, 'kernel-helpers', 'build.mjs'),
      path.join(modules, '@jupyterlab-deep', 'kernel-helpers')
    ]),
    buildLauncher(path.join(node, 'kernel.cjs')),
    linkPackages(modules)
  ]);
  await writeKernelspec(folder, node);
  return {
    folder,
    node,
    env: environment(folder),
    remove: () => rm(folder, { recursive: true, force: true })
  };
}

async function buildLauncher(target: string): Promise<void> {
  await run(path.join(root, 'node_modules', '.bin', 'esbuild'), [
    path.join(root, 'kernel-helpers', 'src', 'kernel', 'launch.cts'),
    '--bundle',
    '--platform=node',
    '--format=cjs',
    `--outfile=${target}`
  ]);
}

/** What the wheel holds as copies. */
async function linkPackages(modules: string): Promise<void> {
  const installed = path.join(root, 'node_modules');
  const names = await readdir(installed);
  await Promise.all(
    names
      .filter(name => name !== '@jupyterlab-deep' && !name.startsWith('.'))
      .map(name =>
        symlink(path.join(installed, name), path.join(modules, name))
      )
  );
}

async function writeKernelspec(folder: string, node: string): Promise<void> {
  const spec = path.join(folder, 'jupyter', 'kernels', 'deep-typescript');
  await mkdir(spec, { recursive: true });
  const text = JSON.stringify({
    argv: [
      process.execPath,
      path.join(node, 'kernel.cjs'),
      '{connection_file}'
    ],
    display_name: 'TypeScript (DEEP)',
    language: 'typescript',
    env: { DEEP_NODE_HOME: node }
  });
  await writeFile(path.join(spec, 'kernel.json'), text);
}

function environment(folder: string): NodeJS.ProcessEnv {
  const { NODE_PATH: _modules, ...inherited } = process.env;
  return {
    ...inherited,
    DEEP_DATA_DIR: path.join(folder, 'data'),
    DEEP_RUNTIME_DIR: path.join(folder, 'run'),
    JUPYTER_PATH: path.join(folder, 'jupyter'),
    JUPYTER_RUNTIME_DIR: path.join(folder, 'run')
  };
}

export type Step =
  { execute: string; interruptAfterS?: number } | { complete: string };

export interface IOutput {
  type: string;
  text?: string;
  data?: Record<string, string>;
  transient?: { display_id?: string };
}

export interface IStepResult {
  startMs: number;
  pid: number;
  reply: { status: string; ename?: string; evalue?: string };
  outputs: IOutput[];
  elapsedMs: number;
  matches: string[];
}

/** Start a kernel in `folder`, do the steps one after the other, end it. The first result is that of the start. */
export async function drive(
  home: IKernelHome,
  folder: string,
  steps: Step[]
): Promise<IStepResult[]> {
  const child = spawn(python, [path.join(__dirname, 'drive.py')], {
    env: home.env,
    stdio: ['pipe', 'pipe', 'pipe']
  });
  child.stdin.end(JSON.stringify({ kernel: 'deep-typescript', folder, steps }));
  let said = '';
  let complaints = '';
  child.stdout.on('data', chunk => (said += chunk));
  child.stderr.on('data', chunk => (complaints += chunk));
  const code = await new Promise(resolve => child.once('close', resolve));
  if (code !== 0) {
    throw new Error(`The kernel test ended with ${code}: ${complaints}`);
  }
  return JSON.parse(said);
}
