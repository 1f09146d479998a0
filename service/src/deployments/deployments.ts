import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { Catalogue } from '../catalogue/catalogue';
import { IFolderModule } from '../catalogue/modelFolder';
import { memoryOf } from '../lifecycle/processes';
import { Store } from '../store/store';
import { adopt } from './adoption';
import { IReadyModule, ModuleLife } from './moduleLife';
import { ModuleProcess } from './moduleProcess';
import { ProcessTarget } from './processTarget';
import { DeploymentRecords, isLive } from './records';

/** How often a ready module is asked whether it still answers. */
const WATCH_MS = 10_000;

/** Starts, watches and stops modules on this machine. */
export class Deployments {
  constructor(private readonly _parts: Deployments.IParts) {
    this._adopted = this._adoptAll();
    this._watch = setInterval(() => {
      this._lives.forEach(life => void life.look());
    }, WATCH_MS);
  }

  /** How many are there, ready or on their way. */
  get live(): number {
    return this._parts.records.list().filter(isLive).length;
  }

  list(): Promise<Deployment[]> {
    return Promise.all(this._parts.records.list().map(withMemory));
  }

  /** @throws DeepError `not-found` */
  async get(id: string): Promise<Deployment> {
    return withMemory(this._get(id));
  }

  /** @throws DeepError `not-found` */
  logFile(id: string): string {
    return path.join(
      this._parts.store.folderOf('deployments', this._get(id).id),
      'log.txt'
    );
  }

  /** @throws DeepError `not-found`; `module-unreachable` unless it is ready. */
  ready(id: string): IReadyModule {
    const { title, state, error } = this._get(id);
    const ready = this._lives.get(id)?.readyModule;
    if (!ready) {
      throw new DeepError(
        'module-unreachable',
        `${title} cannot be asked now: it is ${state}.`,
        { hint: error ?? 'Start it, or wait until it is ready.' }
      );
    }
    return ready;
  }

  /** The ready deployment of a module, if there is one. */
  readyOf(module: string): IReadyModule | undefined {
    const found = this._findLive(module);
    return found && this._lives.get(found.id)?.readyModule;
  }

  /**
   * Start a module, or find the one that lives.
   *
   * @throws DeepError `not-found`, `module-broken`, `no-space`
   */
  async start(id: string): Promise<Deployment> {
    await this._adopted;
    const module = await this._parts.catalogue.getUsable(id);
    await this._settleEnded(id);
    return this._findLive(id) ?? this._begin(module);
  }

  /**
   * A module that can be asked, started where none lives.
   *
   * @param onStart Called with the deployment before it is waited for.
   * @throws DeepError of its start; the signal's reason.
   */
  async use(
    module: string,
    signal: AbortSignal,
    onStart: (deployment: Deployment) => void
  ): Promise<IReadyModule> {
    const deployment = await this.start(module);
    onStart(deployment);
    // `ready` without a life says why there is none.
    const awaited = this._lives.get(deployment.id)?.ready;
    const ready = await untilAborted(
      awaited ?? Promise.resolve(this.ready(deployment.id)),
      signal
    );
    const lastUsedAt = new Date().toISOString();
    this._parts.records.update(deployment.id, { lastUsedAt });
    return ready;
  }

  /** Why a module that was being asked is gone; undefined when it lives, or ended as it should. */
  async explainEnd(id: string): Promise<DeepError | undefined> {
    const life = this._lives.get(id);
    return life && (await life.isGone()) ? life.ended : undefined;
  }

  /**
   * Stop one; answers at once with the state it is in then.
   *
   * @throws DeepError `not-found`
   */
  stop(id: string): Deployment {
    this._get(id);
    this._lives.get(id)?.stop();
    return this._get(id);
  }

  /** Stop all and wait until nothing is left of them. */
  async close(): Promise<void> {
    clearInterval(this._watch);
    await this._adopted;
    const lives = [...this._lives.values()];
    lives.forEach(life => life.stop());
    await Promise.all(lives.map(life => life.ended));
  }

  private _begin(module: IFolderModule): Deployment {
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

  private async _adoptAll(): Promise<void> {
    const { records, target } = this._parts;
    for (const leftover of records.load()) {
      if (isLive(leftover.deployment)) {
        const socket = target.socketOf(leftover.deployment.id);
        await adopt(leftover, socket, records, (deployment, process) => {
          this._hold(deployment, async () => process);
          if (deployment.state === 'stopping') {
            this.stop(deployment.id);
          }
        });
      }
    }
  }

  /** A process may have ended a moment ago without its end being recorded yet. */
  private async _settleEnded(module: string): Promise<void> {
    const found = this._findLive(module);
    const life = found && this._lives.get(found.id);
    if (life && (found.state === 'stopping' || (await life.isGone()))) {
      await life.ended;
    }
  }

  private _findLive(module: string): Deployment | undefined {
    return this._parts.records
      .list()
      .find(deployment => deployment.module === module && isLive(deployment));
  }

  private _get(id: string): Deployment {
    const deployment = this._parts.records.get(id);
    if (!deployment) {
      throw new DeepError('not-found', `There is no deployment ${id}.`);
    }
    return deployment;
  }

  private readonly _adopted: Promise<void>;
  private readonly _watch: NodeJS.Timeout;
  private readonly _lives = new Map<string, ModuleLife>();
}

export namespace Deployments {
  export interface IParts {
    catalogue: Catalogue;
    records: DeploymentRecords;
    store: Store;
    target: ProcessTarget;
    settings: ISettings;
  }
}

async function withMemory(deployment: Deployment): Promise<Deployment> {
  const { pid } = deployment;
  return pid === undefined
    ? deployment
    : { ...deployment, memoryBytes: await memoryOf(pid) };
}

/** What is waited for, unless the signal comes first. */
function untilAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) {
    abort();
  }
  return Promise.race([awaited, promise]).finally(() =>
    signal.removeEventListener('abort', abort)
  );
}
