import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { runCommand } from '../pythonModules/commands';
import { Uv } from '../pythonModules/uv';
import { isNoSpace, storeFailure } from '../store/diskErrors';
import { IEnvironmentLock } from './definitions';
import { sitePackages } from './kernelFolder';

/** So many packages are installed at once, and between them the progress is told. */
const AT_ONCE = 8;
/** What is being made, written before anything else: another list of packages begins anew. */
const LOCK_NOTE = 'lock-hash';

export interface IMakingParts {
  uv: Uv;
  /** Variables that its interpreter starts with. */
  env: Record<string, string>;
  title: string;
  lock: IEnvironmentLock;
  /** How many packages of the lock this machine takes. */
  packages: number;
  folder: string;
  logFile: string;
  signal: AbortSignal;
  onProgress(done: number, phase: string): void;
}

/**
 * Fill a folder with an environment, and see that its kernel starts. Called again after a kill, it goes on with what is there.
 *
 * @throws DeepError `environment-failed`, `no-space`; the signal's reason
 */
export async function makeEnvironment(parts: IMakingParts): Promise<void> {
  try {
    await begin(parts);
    await install(parts);
    await tryKernel(parts);
  } catch (error) {
    parts.signal.throwIfAborted();
    throw isNoSpace(error) ? storeFailure(error, parts.folder) : error;
  }
}

async function begin({ folder, lock, ...parts }: IMakingParts): Promise<void> {
  const note = path.join(folder, LOCK_NOTE);
  const before = await readFile(note, 'utf8').catch(() => undefined);
  if (before !== lock.hash) {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(note, lock.hash);
  parts.onProgress(0, 'Preparing');
  const venv = path.join(folder, 'venv');
  // Broken off in the middle of this step, there is a folder without its description.
  const hasVenv = await readFile(path.join(venv, 'pyvenv.cfg')).then(
    () => true,
    () => false
  );
  if (!hasVenv) {
    await rm(venv, { recursive: true, force: true });
    await callUv(parts, folder, [
      ...['venv', '--relocatable', '--python', parts.uv.python],
      venv
    ]);
  }
}

async function install(parts: IMakingParts): Promise<void> {
  const { folder, lock, packages, onProgress } = parts;
  const list = path.join(folder, 'some.txt');
  let done = await installed(folder);
  for (let from = 0; from < lock.entries.length; from += AT_ONCE) {
    const phase = 'Installing packages';
    onProgress(Math.min(done, packages), phase);
    await writeFile(
      list,
      `${lock.entries.slice(from, from + AT_ONCE).join('\n')}\n`
    );
    await callUv(
      parts,
      folder,
      [
        ...['pip', 'install', '--python', path.join(folder, 'venv')],
        ...['--no-deps', '--require-hashes', '--only-binary=:all:'],
        ...['--requirement', list]
      ],
      line => {
        const [, what] = /^\s*(Downloading .+)$/.exec(line) ?? [];
        if (what) {
          onProgress(Math.min(done, packages), what);
        }
      }
    );
    done = await installed(folder);
  }
  onProgress(Math.min(done, packages), 'Checking');
  await rm(list, { force: true });
}

async function installed(folder: string): Promise<number> {
  const names = await readdir(await sitePackages(folder)).catch(() => []);
  return names.filter(name => name.endsWith('.dist-info')).length;
}

async function callUv(
  { uv, title, logFile, signal }: Omit<IMakingParts, 'folder' | 'lock'>,
  folder: string,
  args: string[],
  onLine?: (line: string) => void
): Promise<void> {
  await uv.run({
    args,
    cwd: folder,
    logFile,
    signal,
    onLine,
    failed: `The environment ${title} could not be made`
  });
}

/** Its packages fit together, and Jupyter could start it. */
async function tryKernel(parts: IMakingParts): Promise<void> {
  const { folder, env, title, logFile, signal } = parts;
  const venv = path.join(folder, 'venv');
  await callUv(parts, folder, ['pip', 'check', '--python', venv]);
  const { code, errors } = await runCommand({
    command: path.join(venv, 'bin', 'python'),
    args: ['-m', 'ipykernel_launcher', '--version'],
    env: { ...env, PYTHONPATH: '', PYTHONNOUSERSITE: '1' },
    cwd: folder,
    logFile,
    signal
  });
  if (code !== 0) {
    throw new DeepError(
      'environment-failed',
      `The environment ${title} was installed, but its kernel does not start.`,
      { hint: 'Its log says why.', technical: errors }
    );
  }
}

/** Where a logo lies that Jupyter shows; undefined where there is none. */
export const logoOf = async (folder: string): Promise<string | undefined> => {
  const file = path.join(folder, 'logo.svg');
  return readFile(file).then(
    () => file,
    () => undefined
  );
};
