import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import {
  DeepError,
  InstalledPackage,
  KernelEnvironment,
  KernelEnvironmentRequest,
  MachineReport,
  MadeEnvironment,
  Run
} from '@jupyterlab-deep/protocol';
import { reportGpus } from '../machine/gpus';
import { ILimits } from '../machine/limits';
import { IPlaces } from '../places';
import { PythonTools } from '../pythonModules/pythonTools';
import { RunJournal } from '../runs/journal';
import { Unfinished } from '../runs/unfinished';
import { Store } from '../store/store';
import {
  Definition,
  readDefinitions,
  readEnvironmentLock
} from './definitions';
import { EnvironmentRuns, IEnvironmentTask } from './environmentRuns';
import {
  IMarker,
  installedPackages,
  KernelFolder,
  sizeOfFolder
} from './kernelFolder';
import { logoOf, makeEnvironment } from './making';
import { checkSpace, chooseVariant, IChoice, planOf } from './planning';
import { processesIn } from './processesIn';

/** Ready-to-use environments: what there is, what was made, and the making. */
export class KernelEnvironments {
  constructor(private readonly _parts: KernelEnvironments.IParts) {
    const { store, places, tools } = _parts;
    this._folder = store.folderOf('environments', '');
    this._making = path.join(this._folder, 'making');
    this._kernels = new KernelFolder(path.join(this._folder, 'kernels'), {
      library: places.library,
      env: tools.kernelVariables
    });
    this.runs = new EnvironmentRuns({
      ..._parts,
      folderOf: id => path.join(this._making, id),
      make: task => this._make(task),
      sweep: isAtWork => this._sweep(isAtWork)
    });
  }

  readonly runs: EnvironmentRuns;

  /** Go on with what an earlier service left. */
  async takeUp(leftovers: readonly Run[]): Promise<void> {
    await this.runs.takeUp(leftovers);
    await this._kernels.mend();
  }

  async list(): Promise<KernelEnvironment[]> {
    const definitions = await this._definitions();
    const machine = await this._machine().catch((error: Error) => error);
    return Promise.all(definitions.map(each => this._tell(each, machine)));
  }

  /** @throws DeepError `not-found` */
  async get(name: string): Promise<KernelEnvironment> {
    const definition = await this._definition(name);
    const machine = await this._machine().catch((error: Error) => error);
    return this._tell(definition, machine);
  }

  /**
   * Make one, or make it anew; one that is being made is told of.
   *
   * @throws DeepError `not-found`, `environment-failed`, `no-space`
   */
  async create(name: string, request: KernelEnvironmentRequest): Promise<Run> {
    const definition = await this._definition(name);
    const known = this.runs.of(name);
    if (known) {
      return known;
    }
    const machine = await this._machine();
    const { device, figures } = chooseVariant(
      definition,
      machine,
      request.device
    );
    await readEnvironmentLock(definition, device);
    await mkdir(this._folder, { recursive: true, mode: 0o700 });
    await checkSpace(definition.title, figures, this._folder);
    const act = (await this._kernels.read(name)) ? 'update' : 'create';
    // Asked twice at the same time, it is made once.
    return (
      this.runs.of(name) ??
      this.runs.begin(definition.title, { name, act, device })
    );
  }

  /** @throws DeepError `not-found`; `conflict` while it is made, or something runs in it */
  async remove(name: string): Promise<void> {
    if (this.runs.of(name)) {
      throw new DeepError('conflict', 'It is being made at this moment.', {
        hint: 'Cancel that first.'
      });
    }
    const marker = await this._kernels.read(name);
    const processes = await processesIn(this._kernels.pathOf(name));
    if (processes > 0) {
      throw new DeepError(
        'conflict',
        `${marker?.title ?? name} is in use: ${processes === 1 ? 'a kernel or another program runs' : `${processes} kernels or other programs run`} in it.`,
        { hint: 'Shut its kernels down (“Running Terminals and Kernels”).' }
      );
    }
    await this._kernels.remove(name);
  }

  /** Everything in it, by the packages' own records. @throws DeepError `not-found` */
  async packages(name: string): Promise<InstalledPackage[]> {
    if (!(await this._kernels.read(name))) {
      throw new DeepError('not-found', `There is no environment ${name}.`, {
        hint: 'It was not made yet, or is removed.'
      });
    }
    return installedPackages(this._kernels.pathOf(name));
  }

  async machine(): Promise<MachineReport> {
    const { limits, store } = this._parts;
    const [{ gpus, note }, disk, python] = await Promise.all([
      reportGpus(),
      statfs(store.folder),
      this._python().catch(() => undefined)
    ]);
    return {
      cpus: limits.cpus,
      hostCpus: availableParallelism(),
      memoryBytes: limits.memoryBytes,
      hostMemoryBytes: totalmem(),
      gpus,
      gpuNote: note,
      disk: {
        folder: store.folder,
        freeBytes: disk.bavail * disk.bsize,
        totalBytes: disk.blocks * disk.bsize
      },
      python
    };
  }

  private async _tell(
    definition: Definition,
    machine: Awaited<ReturnType<KernelEnvironments['_machine']>> | Error
  ): Promise<KernelEnvironment> {
    const { name, title, summary } = definition;
    const about = {
      name,
      title,
      summary,
      run: this.runs.of(name)?.id,
      made: await this._made(definition)
    };
    try {
      if (machine instanceof Error) {
        throw machine;
      }
      const choice = chooseVariant(definition, machine);
      await readEnvironmentLock(definition, choice.device);
      return { ...about, plan: await planOf(choice, this._parts.store.folder) };
    } catch (error) {
      const { message, hint } = error as DeepError;
      return { ...about, whyNot: [message, hint].filter(Boolean).join(' ') };
    }
  }

  private async _made(
    definition: Definition
  ): Promise<MadeEnvironment | undefined> {
    const { name } = definition;
    const marker = await this._kernels.read(name);
    if (!marker) {
      return undefined;
    }
    const { device, python, sizeBytes, seconds, madeAt, lock } = marker;
    const folder = this._kernels.pathOf(name);
    const [packages, processes, current] = await Promise.all([
      installedPackages(folder),
      processesIn(folder),
      readEnvironmentLock(definition, device).catch(() => undefined)
    ]);
    return {
      ...{ device, python, sizeBytes, seconds, madeAt, folder, processes },
      kernel: this._kernels.kernelOf(name),
      versions: packages.filter(each => marker.shown.includes(each.name)),
      packages: packages.length,
      added: Math.max(0, packages.length - marker.packages),
      // What cannot be made now is not offered anew.
      isCurrent: current === undefined || current.hash === lock
    };
  }

  private async _make(task: IEnvironmentTask): Promise<void> {
    const { name, device, folder, logFile, signal, onProgress } = task;
    const definition = await this._definition(name);
    const machine = await this._machine();
    const choice = chooseVariant(definition, machine, device);
    const lock = await readEnvironmentLock(definition, device);
    const { packages } = choice.figures;
    const started = Date.now();
    await makeEnvironment({
      ...{ lock, folder, logFile, signal, packages },
      uv: this._parts.tools.uv,
      env: this._parts.tools.env,
      title: definition.title,
      onProgress: (done, phase) => onProgress(done, packages, phase)
    });
    const isFree = async (): Promise<boolean> =>
      (await processesIn(this._kernels.pathOf(name))) === 0;
    await task.until('Waiting until its kernels are shut down', isFree);
    const seconds = Math.round((Date.now() - started) / 1000);
    const marker = await markerOf(definition, choice, folder);
    signal.throwIfAborted();
    await this._kernels.place(
      folder,
      { ...marker, lock: lock.hash, python: machine.python, seconds },
      await logoOf(definition.folder)
    );
  }

  private async _sweep(isAtWork: (id: string) => boolean): Promise<void> {
    const ids = await readdir(this._making).catch(() => []);
    for (const id of ids.filter(each => !isAtWork(each))) {
      await rm(path.join(this._making, id), { recursive: true, force: true });
    }
  }

  private _definitions(): Promise<Definition[]> {
    return readDefinitions(this._parts.places.environments);
  }

  private async _definition(name: string): Promise<Definition> {
    const found = (await this._definitions()).find(each => each.name === name);
    if (!found) {
      throw new DeepError('not-found', `There is no environment “${name}”.`, {
        hint: 'The page *Environments* lists them.'
      });
    }
    return found;
  }

  private async _machine(): Promise<{ hasGpu: boolean; python: string }> {
    const [{ gpus }, python] = await Promise.all([
      reportGpus(),
      this._python()
    ]);
    return { hasGpu: gpus.length > 0, python };
  }

  private async _python(): Promise<string> {
    const signal = new AbortController().signal;
    return (await this._parts.tools.uv.interpreter(signal)).version;
  }

  private readonly _folder: string;
  private readonly _making: string;
  private readonly _kernels: KernelFolder;
}

async function markerOf(
  { name, title }: Definition,
  { device, figures: { versions } }: IChoice,
  folder: string
): Promise<Omit<IMarker, 'lock' | 'python' | 'seconds'>> {
  return {
    ...{ name, title, device },
    packages: (await installedPackages(folder)).length,
    shown: Object.keys(versions),
    sizeBytes: await sizeOfFolder(folder),
    madeAt: new Date().toISOString()
  };
}

export namespace KernelEnvironments {
  export interface IParts {
    places: Pick<IPlaces, 'environments' | 'library'>;
    tools: PythonTools;
    limits: ILimits;
    journal: RunJournal;
    store: Store;
    unfinished: Unfinished;
  }
}
