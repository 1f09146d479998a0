import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { IAdmitted } from '../pythonModules/admission';
import { CHANGED, pythonManner } from '../pythonModules/manner';
import { PythonTarget } from '../pythonModules/pythonTarget';
import { Store } from '../store/store';
import { adopt } from './adoption';
import { IStartWork } from './life';
import { IManner, ModuleLife } from './moduleLife';
import { ModuleProcess } from './moduleProcess';
import { IModuleFolder, ProcessTarget } from './processTarget';
import { DeploymentRecords, ILeftover } from './records';
import type { IProcessChoices } from './targets/processPlace';

/** Modules that are processes on this machine. */
export class LocalModules {
  constructor(private readonly _parts: LocalModules.IParts) {}

  get(id: string): ModuleLife | undefined {
    return this._lives.get(id);
  }

  get all(): ModuleLife[] {
    return [...this._lives.values()];
  }

  logFile(id: string): string {
    const folder = this._parts.store.folderOf('deployments', id);
    return path.join(folder, 'log.txt');
  }

  /**
   * @param given Its id, and what its user chose.
   * @throws DeepError `no-space`
   */
  begin(
    module: IModuleFolder | IAdmitted,
    given: { id?: string; options?: IProcessChoices } = {}
  ): Deployment {
    const { records, store } = this._parts;
    const isPython = 'consent' in module;
    const now = new Date().toISOString();
    const deployment: Deployment = {
      id: given.id ?? randomBytes(5).toString('hex'),
      module: module.module.id,
      title: module.module.title,
      target: 'process',
      runtime: isPython ? 'python' : 'onnx',
      state: 'preparing',
      phase: 'Preparing its start',
      since: now,
      createdAt: now,
      ...(given.options && { options: { ...given.options } })
    };
    records.add(deployment);
    this._hold(deployment, async work => {
      await records.prune();
      await store.makeFolder('deployments', deployment.id);
      return this._start(deployment.id, module, work);
    });
    this._beginAgain(deployment.id, module);
    return deployment;
  }

  /** Take up what an earlier service started. */
  async adopt(leftover: ILeftover): Promise<void> {
    const { records } = this._parts;
    const { deployment } = leftover;
    const target = this._targetOf(deployment);
    const socket = target?.socketOf(deployment.id) ?? '';
    const isGroup = deployment.runtime === 'python';
    await adopt(
      leftover,
      { socket, isGroup },
      records,
      (deployment, process) => {
        this._hold(deployment, async () => process);
        if (deployment.state === 'stopping') {
          this.get(deployment.id)?.stop();
        }
      }
    );
  }

  /** A process may have ended a moment ago without its end being recorded yet. */
  async settle({ id, state }: Deployment): Promise<void> {
    const life = this._lives.get(id);
    if (life && (state === 'stopping' || (await life.isGone()))) {
      await life.ended;
    }
  }

  private async _start(
    id: string,
    module: IModuleFolder | IAdmitted,
    work: IStartWork
  ): Promise<ModuleProcess> {
    const { records, target, python } = this._parts;
    const logFile = this.logFile(id);
    const choices = records.get(id)?.options as IProcessChoices | undefined;
    if ('consent' in module) {
      return present(python).start(id, module, logFile, work, choices);
    }
    const { signal, onPhase } = work;
    const folder = (await module.bring?.(signal, onPhase)) ?? module.folder;
    return target.start(id, { ...module, folder }, logFile, choices);
  }

  /** New weights show only after a new start: the module ends for it by itself. */
  private _beginAgain(id: string, module: IModuleFolder | IAdmitted): void {
    void this._lives.get(id)?.ended.then(() => {
      if (this._parts.records.get(id)?.phase === CHANGED) {
        const { options } = this._parts.records.get(id) as Deployment;
        this.begin(module, { options });
      }
    });
  }

  private _targetOf({ runtime }: Deployment): Pick<ProcessTarget, 'socketOf'> {
    const { target, python } = this._parts;
    return runtime === 'python' ? present(python) : target;
  }

  private _mannerOf({ id, runtime }: Deployment): IManner {
    const { settings, python } = this._parts;
    return runtime === 'python'
      ? pythonManner(settings.limits, () => present(python).clear(id))
      : {
          phase: 'Loading the model',
          startSeconds: settings.limits.startSeconds
        };
  }

  private _hold(
    deployment: Deployment,
    obtain: (work: IStartWork) => Promise<ModuleProcess>
  ): void {
    const { id, title, modelPath, endpoint } = deployment;
    const { records, settings } = this._parts;
    const socket =
      endpoint?.replace(/^unix:/, '') ??
      this._targetOf(deployment).socketOf(id);
    const logFile = this.logFile(id);
    const life = new ModuleLife(
      {
        id,
        title,
        socket,
        logFile,
        records,
        modelPath,
        limits: settings.limits,
        manner: this._mannerOf(deployment)
      },
      obtain
    );
    this._lives.set(id, life);
    void life.ended.then(() => this._lives.delete(id));
  }

  private readonly _lives = new Map<string, ModuleLife>();
}

export namespace LocalModules {
  export interface IParts {
    records: DeploymentRecords;
    store: Store;
    target: ProcessTarget;
    /** Of Python modules; without it there are none. */
    python?: PythonTarget;
    settings: ISettings;
  }
}

function present(python: PythonTarget | undefined): PythonTarget {
  if (!python) {
    throw new DeepError('internal', 'Nothing here runs Python modules.');
  }
  return python;
}
