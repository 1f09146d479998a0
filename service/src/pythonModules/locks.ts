import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shortHash } from './origin';
import { sourceOptions, Uv, UvCall } from './uv';

/** The DEEPaaS that a module gets that brings none. */
const DEEPAAS = 'deepaas==2.6.0';
/** DEEPaaS 2 imports `pkg_resources`, which setuptools 81 no longer has. */
const CONSTRAINTS = 'setuptools<81';

/** Packages of one environment, each at one version. */
export interface ILock {
  requirements: string[];
  hash: string;
}

export interface ILockRequest {
  /** For messages. */
  title: string;
  /** Requirements as text, or files of a project that only its code can tell. */
  requirements: string[];
  projectFile?: string;
  fromSource: boolean;
  /** Versions that are here already are taken before the index is asked. */
  prefersKnown?: boolean;
  /** Empty folder of its own; files are written there. */
  folder: string;
  signal: AbortSignal;
  logFile?: string;
  wrap?: UvCall['wrap'];
}

/**
 * Choose a version of every package that is needed, DEEPaaS among them.
 *
 * @throws DeepError `environment-failed`, `no-space`; the signal's reason
 */
export async function resolveLock(
  uv: Uv,
  request: ILockRequest
): Promise<ILock> {
  const own = await compile(uv, request, []);
  const hasDeepaas = own.some(line => /^deepaas\b/i.test(line));
  const requirements = hasDeepaas ? own : await compile(uv, request, [DEEPAAS]);
  return lockOf(requirements);
}

export const lockOf = (requirements: string[]): ILock => ({
  requirements,
  hash: shortHash(...requirements)
});

/** What is here already is tried first where that is preferred: the index may be slow, or away. */
async function compile(
  uv: Uv,
  request: ILockRequest,
  more: string[]
): Promise<string[]> {
  if (request.prefersKnown) {
    try {
      return await compileAt(uv, request, more, ['--offline']);
    } catch {
      // Something is not here: the index is asked, and says what is wrong.
      request.signal.throwIfAborted();
    }
  }
  return compileAt(uv, request, more, []);
}

async function compileAt(
  uv: Uv,
  {
    title,
    requirements,
    projectFile,
    fromSource,
    folder,
    signal,
    logFile,
    wrap
  }: ILockRequest,
  more: string[],
  options: string[]
): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const asked = path.join(folder, 'requirements.in');
  const constraints = path.join(folder, 'constraints.txt');
  await writeFile(
    asked,
    [...(projectFile ? [] : requirements), ...more, 'setuptools'].join('\n')
  );
  await writeFile(constraints, CONSTRAINTS);
  const { output } = await uv.run({
    args: [
      ...['pip', 'compile', '--quiet', '--no-header', '--no-annotate'],
      ...['--python', uv.python, '--constraint', constraints],
      ...sourceOptions(fromSource),
      ...options,
      ...(projectFile ? [projectFile] : []),
      asked
    ],
    cwd: folder,
    failed: `What ${title} needs could not be found`,
    signal,
    logFile,
    wrap
  });
  return output
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
}
