import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Deployment } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { Store } from '../store/store';
import { adopt } from './adoption';
import { ModuleLife } from './moduleLife';
import { ModuleProcess } from './moduleProcess';
import { IModuleFolder, ProcessTarget } from './processTarget';
import { DeploymentRecords, ILeftover } from './records';

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

  /** @throws DeepError `no-space` */
  begin(module: IModuleFolder): Deployment {
    const { records, store, target } = this._parts;
    const now = new Date().toISOString();
    const deployment: Deployment = {
      id: randomBytes(5).toString('hex'),
      module: module.module.id,
      title: module.module.title,
      target: 'process',
      state: 'preparing',
      phase: 'Preparing its start',
      since: now,
      createdAt: now
    };
    records.add(deployment);
    this._hold(deployment, async () => {
      await records.prune();
      await store.makeFolder('deployments', deployment.id);
      const logFile = this.logFile(deployment.id);
      return target.start(deployment.id, module, logFile);
    });
    return deployment;
  }

  /** Take up what an earlier service started. */
  async adopt(leftover: ILeftover): Promise<void> {
    const { records, target } = this._parts;
    const socket = target.socketOf(leftover.deployment.id);
    await adopt(leftover, socket, records, (deployment, process) => {
      this._hold(deployment, async () => process);
      if (deployment.state === 'stopping') {
        this.get(deployment.id)?.stop();
      }
    });
  }

  /** A process may have ended a moment ago without its end being recorded yet. */
  async settle({ id, state }: Deployment): Promise<void> {
    const life = this._lives.get(id);
    if (life && (state === 'stopping' || (await life.isGone()))) {
      await life.ended;
    }
  }

  private _hold(
    { id, title, modelPath, endpoint }: Deployment,
    obtain: () => Promise<ModuleProcess>
  ): void {
    const { records, settings, target } = this._parts;
    const socket = endpoint?.replace(/^unix:/, '') ?? target.socketOf(id);
    const logFile = this.logFile(id);
    const life = new ModuleLife(
      {
        id,
        title,
        socket,
        logFile,
        records,
        modelPath,
        limits: settings.limits
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
    settings: ISettings;
  }
}
