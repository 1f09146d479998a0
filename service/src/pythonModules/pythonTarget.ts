import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { moduleEnvironment } from '../deployments/environment';
import { ModuleProcess } from '../deployments/moduleProcess';
import { IStartWork } from '../deployments/life';
import type { IProcessChoices } from '../deployments/targets/processPlace';
import { IPlaces } from '../places';
import { Store } from '../store/store';
import { consentNeeded, IAdmitted } from './admission';
import { boundsFor } from './bounds';
import { CodeStore, findEntryPoint, ICode, installProject } from './code';
import { Consents } from './consents';
import { Environments, IEnvironment } from './environments';
import { ILock, lockOf, resolveLock } from './locks';
import { linkProject } from './linkedProject';
import { originText, PythonOrigin } from './origin';
import { IBounds, Sandbox } from './sandbox';
import { Uv, UvCall } from './uv';

/** Beside a deployment's log: which environment it uses. */
const NOTE = 'python.json';
/** Folders of a module that it writes to. */
const WRITABLE = ['models', 'data'];

/** What is written down of a Python module that was started. */
export interface IPythonNote {
  environment: string;
  /** The code, as it was agreed to. */
  code: string;
}

/** Starts Python modules: their code, their environment, then `deepaas-run` on a unix socket, confined where that can be. */
export class PythonTarget {
  constructor(private readonly _parts: PythonTarget.IParts) {}

  /** In a folder of its own, so that nothing else of ours is seen with it. */
  socketOf(deployment: string): string {
    return path.join(this._parts.places.sockets, deployment, 's');
  }

  /** What was written down of a deployment; undefined where it is none of these. */
  async noteOf(deployment: string): Promise<IPythonNote | undefined> {
    try {
      return JSON.parse(
        await readFile(this._noteFile(deployment), 'utf8')
      ) as IPythonNote;
    } catch {
      // None was written: it is another kind of module, or had not come so far.
      return undefined;
    }
  }

  /** @throws DeepError of code, environment and start; the signal's reason */
  async start(
    deployment: string,
    admitted: IAdmitted,
    logFile: string,
    work: IStartWork,
    choices: IProcessChoices = {}
  ): Promise<ModuleProcess> {
    const { code, sandbox } = this._parts;
    const { module, origin, consent } = admitted;
    const { signal, onPhase } = work;
    onPhase(`Fetching the code from ${originText(origin)}`);
    const found = await code.obtain(origin, consent.commit, signal);
    const { isConfined, why } = await sandbox.confinement();
    const wrap = await this._wrapBuild(found, isConfined, signal);
    onPhase('Looking for the versions of what it needs');
    const lock = await this._lock(admitted, found, { wrap, logFile, signal });
    const environment = await this._parts.environments.obtain(lock, {
      title: module.title,
      module: module.id,
      fromSource: consent.fromSource ?? false,
      prefersKnown: isEdited(origin),
      logFile,
      signal,
      onPhase,
      // Wheels are only unpacked; what is built runs code.
      wrap: folder => (consent.fromSource ? wrap?.([folder]) : undefined)
    });
    onPhase('Installing the module itself');
    const installed = found.source
      ? await this._installProject(origin, found, environment, module.title, {
          wrap: wrap?.([]),
          logFile,
          signal
        })
      : undefined;
    const entry = await this._entryPoint(admitted, environment, installed);
    const note: IPythonNote = { environment: environment.id, code: found.key };
    await writeFile(this._noteFile(deployment), JSON.stringify(note));
    signal.throwIfAborted();
    onPhase('Starting');
    const detail = `${why}; ${consent.network === false ? 'without network' : 'it may use the network'}`;
    const run = {
      deployment,
      admitted,
      found,
      environment,
      installed,
      entry,
      detail,
      logFile,
      choices
    };
    return this._run(run, isConfined, signal);
  }

  /** Remove what it left: temporary files, the socket's folder. */
  async clear(deployment: string): Promise<void> {
    await rm(path.dirname(this.socketOf(deployment)), {
      recursive: true,
      force: true
    });
    await rm(this._temporary(deployment), { recursive: true, force: true });
  }

  private _noteFile(deployment: string): string {
    return path.join(
      this._parts.store.folderOf('deployments', deployment),
      NOTE
    );
  }

  private _temporary(deployment: string): string {
    return path.join(
      this._parts.store.folderOf('deployments', deployment),
      'tmp'
    );
  }

  /** The packages that were agreed to; those of a first start are written down with the consent, so that the next has the same. */
  private async _lock(
    { module, origin, consent }: IAdmitted,
    found: ICode,
    call: {
      wrap?: (folders: string[]) => UvCall['wrap'];
      logFile: string;
      signal: AbortSignal;
    }
  ): Promise<ILock> {
    if (consent.requirements) {
      return lockOf(consent.requirements);
    }
    const folder = path.join(found.folder, 'resolving');
    await rm(folder, { recursive: true, force: true });
    const { project, source } = found;
    const lock = await resolveLock(this._parts.uv, {
      title: module.title,
      requirements:
        origin.kind === 'package'
          ? [`${origin.name}==${origin.version}`]
          : (project?.requirements ?? []),
      projectFile: project?.isDynamic
        ? await projectFile(source ?? '')
        : undefined,
      fromSource: consent.fromSource ?? false,
      prefersKnown: isEdited(origin),
      folder,
      wrap: project?.isDynamic ? call.wrap?.([folder]) : undefined,
      logFile: call.logFile,
      signal: call.signal
    });
    if (consent.lock !== undefined && consent.lock !== lock.hash) {
      throw consentNeeded({ module, origin }, consent.commit);
    }
    await this._parts.consents.keep(
      origin,
      { ...bare(consent), lock: lock.hash },
      lock.requirements
    );
    return lock;
  }

  private async _installProject(
    origin: PythonOrigin,
    found: ICode,
    { python }: IEnvironment,
    title: string,
    call: Pick<UvCall, 'wrap' | 'logFile' | 'signal'>
  ): Promise<string> {
    const code = { ...found, source: found.source as string };
    const linked = isEdited(origin) ? await linkProject(code) : undefined;
    return linked ?? installProject(this._parts.uv, code, python, title, call);
  }

  private async _entryPoint(
    { origin }: IAdmitted,
    { folder }: IEnvironment,
    installed: string | undefined
  ): Promise<string> {
    if (installed) {
      return findEntryPoint(installed);
    }
    const name = origin.kind === 'package' ? origin.name : undefined;
    return findEntryPoint(await sitePackages(folder), name);
  }

  /** Building runs code of the module's author: within bounds, with the network that packages come from. */
  private async _wrapBuild(
    found: ICode,
    isConfined: boolean,
    signal: AbortSignal
  ): Promise<((writable: string[]) => UvCall['wrap']) | undefined> {
    if (!isConfined) {
      return undefined;
    }
    const { uv, places, sandbox } = this._parts;
    const { prefixes } = await uv.interpreter(signal);
    const own = await this._ownFolders(found, path.join(found.folder, 'tmp'));
    return writable => (command, args) =>
      sandbox.wrap(
        command,
        // The user's own cache is hidden with the home.
        [...args, '--cache-dir', path.join(homedir(), '.cache', 'uv')],
        boundsFor(places, own, {
          readable: [
            ...uv.programs,
            ...prefixes,
            path.join(places.store, 'python')
          ],
          writable: [
            found.folder,
            ...(found.source ? [found.source] : []),
            ...writable
          ],
          network: true
        })
      );
  }

  private async _ownFolders(
    { folder }: ICode,
    temporary: string
  ): Promise<{ home: string; temporary: string }> {
    const home = path.join(folder, 'home');
    await mkdir(home, { recursive: true, mode: 0o700 });
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    return { home, temporary };
  }

  private async _run(
    run: IRun,
    isConfined: boolean,
    signal: AbortSignal
  ): Promise<ModuleProcess> {
    const {
      deployment,
      found,
      environment,
      installed,
      entry,
      detail,
      logFile,
      choices
    } = run;
    const { launcher, settings } = this._parts;
    const socket = this.socketOf(deployment);
    await mkdir(path.dirname(socket), { recursive: true, mode: 0o700 });
    const own = await this._ownFolders(found, this._temporary(deployment));
    const watched = found.source ? [path.join(found.source, 'models')] : [];
    const args = [
      launcher,
      socket,
      entry,
      String(choices.idleMinutes ?? settings.limits.moduleIdleMinutes),
      detail,
      ...watched
    ];

    const env = {
      ...this._environment(own, isConfined, installed),
      ...threadVariables(choices.threads)
    };
    if (!isConfined) {
      return ModuleProcess.start(environment.python, args, env, logFile, {
        isGroup: true,
        cwd: found.source
      });
    }
    const bounds = await this._bounds(run, own, signal);
    const wrapped = this._parts.sandbox.wrap(environment.python, args, bounds);
    return ModuleProcess.start(wrapped.command, wrapped.args, env, logFile, {
      isGroup: true,
      isConfined: true,
      cwd: found.source
    });
  }

  private _environment(
    { home, temporary }: { home: string; temporary: string },
    isConfined: boolean,
    installed: string | undefined
  ): Record<string, string> {
    const { settings } = this._parts;
    return {
      ...moduleEnvironment(settings.network, process.env),
      HOME: isConfined ? homedir() : home,
      TMPDIR: isConfined ? '/tmp' : temporary,
      PYTHONUNBUFFERED: '1',
      // The environment is for reading, and starts are quicker with compiled code.
      PYTHONPYCACHEPREFIX: path.join(
        isConfined ? homedir() : home,
        '.cache',
        'pycache'
      ),
      ...(installed && { DEEP_MODULE_PATH: installed })
    };
  }

  private async _bounds(
    { deployment, admitted, found, environment }: IRun,
    own: { home: string; temporary: string },
    signal: AbortSignal
  ): Promise<IBounds> {
    const { places, uv, launcher } = this._parts;
    const { prefixes } = await uv.interpreter(signal);
    const { network, folders } = admitted.consent;
    const { source, folder } = found;
    if (source && admitted.origin.kind === 'git') {
      await Promise.all(
        WRITABLE.map(name =>
          mkdir(path.join(source, name), { recursive: true })
        )
      );
    }
    return boundsFor(places, own, {
      readable: [
        ...prefixes,
        environment.folder,
        path.join(folder, 'installed'),
        launcher,
        ...(source ? [source] : []),
        ...(folders ?? [])
      ],
      writable: [
        path.dirname(this.socketOf(deployment)),
        ...(source ? WRITABLE.map(name => path.join(source, name)) : [])
      ],
      network: network !== false
    });
  }
}

export namespace PythonTarget {
  export interface IParts {
    places: IPlaces;
    settings: ISettings;
    store: Store;
    uv: Uv;
    sandbox: Sandbox;
    code: CodeStore;
    consents: Consents;
    environments: Environments;
    /** `deepaas_on_socket.py` */
    launcher: string;
  }
}

interface IRun {
  deployment: string;
  admitted: IAdmitted;
  found: ICode;
  environment: IEnvironment;
  installed: string | undefined;
  entry: string;
  detail: string;
  logFile: string;
  choices: IProcessChoices;
}

/** Its user waits for each start. */
const isEdited = (origin: PythonOrigin): boolean =>
  origin.kind === 'folder' && (origin.isEdited ?? false);

/** What the libraries of numbers look at. */
function threadVariables(threads?: number): Record<string, string> {
  const names = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];
  return threads === undefined
    ? {}
    : Object.fromEntries(names.map(name => [name, String(threads)]));
}

/** A consent without what is kept with it. */
function bare({ commit, network, fromSource, folders }: IAdmitted['consent']): {
  commit: string;
  network?: boolean;
  fromSource?: boolean;
  folders?: string[];
} {
  return { commit, network, fromSource, folders };
}

/** The file by which uv learns what a project requires. */
async function projectFile(folder: string): Promise<string> {
  for (const name of ['pyproject.toml', 'setup.cfg', 'setup.py']) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    // Many a pyproject.toml only says how to build.
    if (
      text !== undefined &&
      (name !== 'pyproject.toml' || text.includes('[project]'))
    ) {
      return file;
    }
  }
  throw new DeepError(
    'module-broken',
    `${folder} does not say what it requires.`
  );
}

async function sitePackages(folder: string): Promise<string> {
  const lib = path.join(folder, 'venv', 'lib');
  const [python] = (await readdir(lib)).filter(name =>
    name.startsWith('python')
  );
  return path.join(lib, python, 'site-packages');
}
