import { randomBytes } from 'node:crypto';
import {
  mkdir,
  opendir,
  readdir,
  readFile,
  rm,
  stat,
  writeFile
} from 'node:fs/promises';
import path from 'node:path';
import { DeepError, PythonEnvironment } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { isNoSpace, storeFailure } from '../store/diskErrors';
import { ILock } from './locks';
import { shortHash } from './origin';
import { sourceOptions, Uv, UvCall } from './uv';

/** Written last: a folder without it is half an environment. */
const MARKER = 'environment.json';
/** So many packages are installed at once, and between them the progress is told. */
const AT_ONCE = 8;

type About = Omit<PythonEnvironment, 'inUse'>;

/** An environment that is whole. */
export interface IEnvironment {
  id: string;
  folder: string;
  /** Its interpreter. */
  python: string;
}

export interface IMaking {
  title: string;
  module: string;
  fromSource: boolean;
  /** What was fetched before is taken without asking the index. */
  prefersKnown?: boolean;
  logFile: string;
  signal: AbortSignal;
  onPhase(phase: string): void;
  wrap?(folder: string): UvCall['wrap'];
}

/** Environments of Python modules: made once for a list of packages, kept until somebody deletes them. */
export class Environments {
  constructor(
    private readonly _folder: string,
    private readonly _uv: Uv
  ) {}

  /** Those that are whole. */
  async list(): Promise<About[]> {
    const folders = await this._folders();
    const read = await Promise.all(folders.map(folder => readAbout(folder)));
    return read.filter(about => about !== undefined);
  }

  /**
   * The environment of these packages, made where there is none.
   *
   * @throws DeepError `environment-failed`, `no-space`; the signal's reason
   */
  async obtain(lock: ILock, making: IMaking): Promise<IEnvironment> {
    const { version } = await this._uv.interpreter(making.signal);
    const id = shortHash(lock.hash, version);
    // Two modules with the same packages: the second takes what the first makes.
    await this._making.get(id)?.catch(() => undefined);
    const known = await this._find(id);
    if (known) {
      await this._note(known, making.module);
      return environmentAt(id, known);
    }
    const made = this._make(id, version, lock, making);
    this._making.set(id, made);
    try {
      return environmentAt(id, await made);
    } finally {
      this._making.delete(id);
    }
  }

  /** @throws DeepError `not-found` */
  async remove(id: string): Promise<void> {
    const folder = await this._find(id);
    if (!folder) {
      throw new DeepError('not-found', `There is no Python environment ${id}.`);
    }
    // Without its marker it is none any more, however far the deletion comes.
    await rm(path.join(folder, MARKER), { force: true });
    await rm(folder, { recursive: true, force: true });
  }

  /** What a kill left half made. An installer that still runs may write there: the next look takes the rest. */
  async sweep(): Promise<void> {
    for (const folder of await this._folders()) {
      if (!(await readAbout(folder)) && this._making.size === 0) {
        await rm(folder, { recursive: true, force: true }).catch(
          () => undefined
        );
      }
    }
  }

  private async _make(
    id: string,
    version: string,
    lock: ILock,
    making: IMaking
  ): Promise<string> {
    const folder = path.join(
      this._folder,
      `${id}-${randomBytes(4).toString('hex')}`
    );
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await this._install(folder, lock, making);
      const about: About = {
        id,
        python: version,
        packages: lock.requirements.length,
        sizeBytes: await sizeOf(folder),
        modules: [making.module],
        madeAt: new Date().toISOString()
      };
      await writeAtomically(path.join(folder, MARKER), JSON.stringify(about));
      return folder;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw isNoSpace(error) ? storeFailure(error, this._folder) : error;
    }
  }

  private async _install(
    folder: string,
    { requirements }: ILock,
    { title, fromSource, prefersKnown, logFile, signal, onPhase, wrap }: IMaking
  ): Promise<void> {
    const failed = `What ${title} needs could not be installed`;
    const call = { logFile, signal, failed, wrap: wrap?.(folder) };
    const venv = path.join(folder, 'venv');
    await this._uv.run({
      ...call,
      args: ['venv', '--python', this._uv.python, venv]
    });
    const list = path.join(folder, 'some.txt');
    const install = async (
      some: string[],
      more: Pick<UvCall, 'onLine'> & { options?: string[] }
    ): Promise<void> => {
      const { options = [], onLine } = more;
      await writeFile(list, some.join('\n'));
      await this._uv.run({
        ...call,
        args: [
          ...['pip', 'install', '--python', venv, '--no-deps'],
          ...sourceOptions(fromSource),
          ...options,
          ...['--requirement', list]
        ],
        onLine
      });
    };
    if (prefersKnown) {
      onPhase(`Installing ${requirements.length} packages`);
      try {
        await install(requirements, { options: ['--offline'] });
        return;
      } catch {
        // Something was not fetched before: the index is asked.
        signal.throwIfAborted();
      }
    }
    for (let done = 0; done < requirements.length; done += AT_ONCE) {
      const tell = (what = ''): void =>
        onPhase(`Installing ${done} of ${requirements.length} packages${what}`);
      tell();
      await install(requirements.slice(done, done + AT_ONCE), {
        onLine: line => {
          const [, what] =
            /^\s*((?:Downloading|Building) .+)$/.exec(line) ?? [];
          if (what) {
            tell(`: ${what}`);
          }
        }
      });
    }
  }

  private async _note(folder: string, module: string): Promise<void> {
    const about = await readAbout(folder);
    if (about && !about.modules.includes(module)) {
      const modules = [...about.modules, module];
      const text = JSON.stringify({ ...about, modules });
      await writeAtomically(path.join(folder, MARKER), text);
    }
  }

  private async _find(id: string): Promise<string | undefined> {
    for (const folder of await this._folders()) {
      if (
        path.basename(folder).startsWith(`${id}-`) &&
        (await readAbout(folder))
      ) {
        return folder;
      }
    }
    return undefined;
  }

  private async _folders(): Promise<string[]> {
    const names = await readdir(this._folder).catch(() => []);
    return names.map(name => path.join(this._folder, name));
  }

  private readonly _making = new Map<string, Promise<string>>();
}

const environmentAt = (id: string, folder: string): IEnvironment => ({
  id,
  folder,
  python: path.join(folder, 'venv', 'bin', 'python')
});

async function readAbout(folder: string): Promise<About | undefined> {
  try {
    return JSON.parse(
      await readFile(path.join(folder, MARKER), 'utf8')
    ) as About;
  } catch {
    // Half made, or deleted half way: none that could be used.
    return undefined;
  }
}

async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0;
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile()) {
      sizeBytes += (await stat(path.join(entry.parentPath, entry.name))).size;
    }
  }
  return sizeBytes;
}
