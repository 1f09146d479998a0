import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { Git } from './git';
import { codeKey, PythonOrigin } from './origin';
import {
  ENTRY_POINTS,
  entryPointsIn,
  IPythonProject,
  readProject
} from './project';
import { Uv, UvCall } from './uv';

/** The code of one origin at one commit, on disk. */
export interface ICode {
  key: string;
  /** Of its own things here: checkout, installed project, home. */
  folder: string;
  /** The project; undefined for a package of the index. */
  source?: string;
  project?: IPythonProject;
}

/** Brings the code of modules here. Nothing of it runs by that. */
export class CodeStore {
  constructor(
    private readonly _folder: string,
    private readonly _git: Git
  ) {}

  /**
   * What a consent is given to: the commit that a branch is at now, a version, or a digest of what a folder declares.
   *
   * @throws DeepError `module-broken`, `environment-failed`, …
   */
  async commitOf(origin: PythonOrigin, signal: AbortSignal): Promise<string> {
    switch (origin.kind) {
      case 'git':
        return this._git.tipOf(origin, signal);
      case 'package':
        return origin.version;
      case 'shared':
        return origin.digest;
      case 'folder':
        return (await projectIn(origin.folder)).digest;
    }
  }

  /** @throws DeepError `module-broken`, `environment-failed`, `no-space` */
  async obtain(
    origin: PythonOrigin,
    commit: string,
    signal: AbortSignal
  ): Promise<ICode> {
    const key = codeKey(origin, commit);
    const folder = path.join(this._folder, key);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (origin.kind === 'package') {
      return { key, folder };
    }
    const source =
      origin.kind === 'folder' ? origin.folder : path.join(folder, 'source');
    if (origin.kind === 'git' && !existsSync(source)) {
      await this._git.fetch(origin, commit, source, signal);
    }
    if (origin.kind === 'shared' && !existsSync(source)) {
      await copyShared(await origin.bring(signal), source);
    }
    return { key, folder, source, project: await projectIn(source) };
  }
}

/** Modules write into their folder; what was checked stays as it is. */
async function copyShared(from: string, source: string): Promise<void> {
  const fresh = `${source}.new`;
  await rm(fresh, { recursive: true, force: true });
  await cp(from, fresh, { recursive: true });
  await rename(fresh, source);
}

/** @throws DeepError `module-broken` */
async function projectIn(folder: string): Promise<IPythonProject> {
  let project;
  try {
    project = await readProject(folder);
  } catch (error) {
    throw new DeepError(
      'module-broken',
      `${folder}: ${(error as Error).message}`,
      {
        hint: 'Mend the file, then try again.',
        cause: error
      }
    );
  }
  if (!project) {
    throw new DeepError(
      'module-broken',
      `There is no Python project in ${folder}: neither pyproject.toml nor setup.cfg nor setup.py.`,
      { hint: 'Only Python modules of DEEPaaS can be started so.' }
    );
  }
  if (project.entryPoints.length === 0) {
    throw noEntryPoint(project.name || path.basename(folder));
  }
  return project;
}

const noEntryPoint = (name: string): DeepError =>
  new DeepError(
    'module-broken',
    `${name} is no DEEPaaS module: it declares no entry point in the group ${ENTRY_POINTS}.`,
    { hint: 'Whoever writes it adds one to its pyproject.toml or setup.cfg.' }
  );

/**
 * Install a project without its packages: links to its code, and its entry points. It is there only when it is whole.
 *
 * @throws DeepError `environment-failed`, `no-space`; the signal's reason
 */
export async function installProject(
  uv: Uv,
  code: ICode & { source: string },
  python: string,
  title: string,
  call: Pick<UvCall, 'logFile' | 'signal' | 'wrap'>
): Promise<string> {
  const target = path.join(code.folder, 'installed');
  if (!existsSync(target)) {
    const fresh = path.join(code.folder, 'installing');
    await rm(fresh, { recursive: true, force: true });
    await uv.run({
      ...call,
      args: [
        ...['pip', 'install', '--python', python, '--target', fresh],
        ...['--no-deps', '--editable', code.source]
      ],
      failed: `${title} itself could not be installed`
    });
    await rename(fresh, target);
  }
  return target;
}

/**
 * Name of the module's entry point, as it was installed.
 *
 * @throws DeepError `module-broken`
 */
export async function findEntryPoint(
  folder: string,
  distribution?: string
): Promise<string> {
  const wanted = distribution && plain(distribution);
  for (const name of await readdir(folder)) {
    const [, base] = /^(.+?)-[^-]+\.dist-info$/.exec(name) ?? [];
    if (base && (!wanted || plain(base) === wanted)) {
      const [found] = entryPointsIn(
        await readEntryPoints(path.join(folder, name))
      );
      if (found) {
        return found;
      }
    }
  }
  throw noEntryPoint(distribution ?? 'What was installed');
}

const plain = (name: string): string =>
  name.toLowerCase().replace(/[-_.]+/g, '-');

/** A distribution without entry points has no such file. */
const readEntryPoints = (folder: string): Promise<string> =>
  readFile(path.join(folder, 'entry_points.txt'), 'utf8').catch(() => '');
