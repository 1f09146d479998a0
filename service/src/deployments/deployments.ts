import {
  ConnectionRequest,
  Consent,
  DeepError,
  Deployment,
  Module,
  Target,
  TargetPlan
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { memoryOf } from '../lifecycle/processes';
import { Connections } from './connections';
import { ILife, IReadyModule } from './life';
import { LocalModules } from './localModules';
import { IWish, LocalStarts } from './localStarts';
import { isLive } from './records';
import {
  deployable,
  deployableHere,
  idsOf,
  isReady,
  soonestOf,
  untilAborted
} from './starting';
import { noApi } from './targetEndings';
import { deploymentId, TargetModules } from './targetModules';

/** How often a ready module is asked whether it still answers. */
const WATCH_MS = 10_000;

/** Starts, watches and stops modules on this machine and at targets, and watches those that others run. */
export class Deployments {
  constructor(private readonly _parts: Deployments.IParts) {
    const { records, settings } = _parts;
    records.follow((now, before) => this._tell(now, before));
    this._local = new LocalModules(_parts);
    this._placed = new TargetModules({
      ..._parts,
      what: async id => deployableHere(await _parts.catalogue.getUsable(id))
    });
    this._connections = new Connections(records, settings.network.privateHosts);
    this._starts = new LocalStarts({
      ..._parts,
      local: this._local,
      placed: this._placed,
      connections: this._connections
    });
    this._adopting = this._adoptAll();
    this._watch = setInterval(() => {
      this._allLives().forEach(life => void life.look());
    }, WATCH_MS);
  }

  /** How many are there on this machine, ready or on their way. */
  get live(): number {
    return this._parts.records
      .list()
      .filter(each => isLive(each) && each.target === 'process').length;
  }

  /** Ids of modules that can be asked, here or elsewhere. */
  readyModules(): ReadonlySet<string> {
    const ready = this._parts.records.list().filter(isReady);
    return new Set(ready.map(({ module }) => module));
  }

  /** Where modules can run, as it was last heard of. */
  targets(): Target[] {
    return this._parts.targets.list();
  }

  /** What goes on at a target, for people. */
  namesAt(target: string): string[] {
    return this._parts.records
      .list()
      .filter(each => isLive(each) && each.targetId === target)
      .map(({ title }) => title);
  }

  /** Ask a target whether it can be used now. @throws DeepError `not-found` */
  async checkTarget(id: string): Promise<Target> {
    return this._parts.targets.check(id);
  }

  /**
   * What would happen if a module were deployed to a target.
   *
   * @throws DeepError `not-found`, `module-broken`, `target-unreachable`, `account-needed`
   */
  async plan(target: string, module: string): Promise<TargetPlan> {
    const entry = await this._parts.catalogue.getUsable(module);
    const what = await (target === 'process'
      ? deployable(entry)
      : deployableHere(entry));
    return this._placed.plan(target, what);
  }

  /** Modules that run elsewhere and are in no catalogue. */
  connectedModules(): Module[] {
    return this._connections.modules;
  }

  list(): Promise<Deployment[]> {
    return Promise.all(
      this._parts.records.list().map(each => this._withMemory(each))
    );
  }

  /** @throws DeepError `not-found` */
  async get(id: string): Promise<Deployment> {
    return this._withMemory(this._get(id));
  }

  /** @throws DeepError `not-found`, also for a module that runs elsewhere. */
  logFile(id: string): string {
    const { target, title, endpoint } = this._get(id);
    if (target === 'address') {
      throw new DeepError(
        'not-found',
        `There is no log of ${title} here: it runs at ${endpoint}.`,
        { hint: 'Whoever runs it has its log.' }
      );
    }
    return this._local.logFile(id);
  }

  /** @throws DeepError `not-found`; `module-unreachable` unless it is ready; `module-not-implemented` of what has no API. */
  ready(id: string): IReadyModule {
    const { title, state, error, options } = this._get(id);
    const ready = this._life(id)?.readyModule;
    const { service = 'deepaas' } = options ?? {};
    if (!ready && state === 'ready' && service !== 'deepaas') {
      throw noApi(title);
    }
    if (!ready) {
      throw new DeepError(
        'module-unreachable',
        `${title} cannot be asked now: it is ${state}.`,
        { hint: error ?? 'Start it, or wait until it is ready.' }
      );
    }
    return ready;
  }

  /**
   * A module that an earlier service started, once it answers this one.
   *
   * @throws DeepError `not-found`; `module-unreachable` when it is gone; why it cannot be asked.
   */
  async adopted(id: string): Promise<IReadyModule> {
    await this._adopting;
    await this._life(id)?.ready;
    return this.ready(id);
  }

  /** The ready deployment of a module, if there is one. */
  readyOf(module: Module): IReadyModule | undefined {
    const found = soonestOf(this._parts.records.list(), idsOf(module));
    // One that is being stopped still knows its module.
    return found?.state === 'ready'
      ? this._life(found.id)?.readyModule
      : undefined;
  }

  /**
   * Remember a module that runs elsewhere, once its API has answered.
   *
   * @throws DeepError `not-found` of the module that it is said to be; what `Connections.connect` throws.
   */
  async connect(
    request: ConnectionRequest,
    signal?: AbortSignal
  ): Promise<Deployment> {
    await this._adopting;
    await this._parts.records.prune();
    const known =
      request.module === undefined
        ? undefined
        : await this._parts.catalogue.get(request.module);
    return this._connections.connect(request, known?.module, signal);
  }

  /**
   * Find a module that runs, here or elsewhere; else start it. At a target it is begun anew, once for each `requestId`.
   *
   * @throws DeepError `not-found`, `module-broken`, `module-not-implemented` when nothing here can run it, `no-space`; what
   * `TargetModules.begin` throws
   */
  async start(
    id: string,
    consent?: Consent,
    wish: IWish = {}
  ): Promise<Deployment> {
    const { target, requestId } = wish;
    await this._adopting;
    if (target !== undefined && target !== 'process') {
      const entry = await this._parts.catalogue.getUsable(id);
      const what = await deployableHere(entry);
      const begun = await this._placed.begin({
        ...what,
        target,
        request: { ...wish, consent }
      });
      entry.begun?.();
      return begun;
    }
    const begun = requestId && this._parts.records.get(deploymentId(requestId));
    return begun || this._starts.start(id, consent, wish);
  }

  /**
   * Start one again that has ended; one that lives is left as it is.
   *
   * @throws DeepError `not-found`; `conflict` of one that others run; what `start` throws
   */
  async startAgain(id: string): Promise<Deployment> {
    await this._adopting;
    const deployment = this._get(id);
    const { module, target, title, options } = deployment;
    if (target === 'address') {
      throw new DeepError(
        'conflict',
        `Others run ${title}: nobody here can start it.`,
        {
          hint: 'Ask them, or connect to it again.'
        }
      );
    }
    if (isLive(deployment)) {
      return deployment;
    }
    if (target === 'process') {
      return this.start(module, undefined, { target, options });
    }
    this._placed.startAgain(deployment);
    return this._get(id);
  }

  /**
   * Stop a module and start it anew, such as for weights that have changed.
   *
   * @throws DeepError `not-found`, and what `startAgain` throws
   */
  async restart(id: string): Promise<Deployment> {
    const { target } = this._get(id);
    const life = this._life(id);
    this.stop(id);
    if (target === 'process' || target === 'address' || !life) {
      await life?.ended;
      return this.startAgain(id);
    }
    // Engines and clouds take their time.
    void life.ended.then(() => this.startAgain(id)).catch(() => undefined);
    return this._get(id);
  }

  /**
   * Stop one, leave nothing of it at its target, and forget it with its log; answers at once with the state it is in then.
   *
   * @throws DeepError `not-found`
   */
  async remove(id: string): Promise<Deployment> {
    await this._adopting;
    const deployment = this._get(id);
    if (this._isPlaced(deployment)) {
      this._placed.remove(deployment);
      return this._get(id);
    }
    const life = this._life(id);
    const stopped = this.stop(id);
    void Promise.resolve(life?.ended).then(() =>
      this._parts.records.forget(id)
    );
    return stopped;
  }

  /** The last one of a module on this machine, whether it lives or not. */
  newestOf(module: string): Deployment | undefined {
    return this._parts.records
      .list()
      .find(each => each.module === module && each.target === 'process');
  }

  /** Whether one that others run may still be asked at its address. @throws DeepError `address-private`, `address-refused` */
  async checkAddress(id: string): Promise<void> {
    await this._connections.get(id)?.check();
  }

  /** Stop one on this machine and forget it, with its log; one that is not known is forgotten already. */
  async forget(id: string): Promise<void> {
    const { records } = this._parts;
    const life = this._life(id);
    life?.stop();
    await life?.ended;
    if (records.get(id)) {
      await records.forget(id);
    }
  }

  /** All, once those that an earlier service left are taken up. */
  async adoptedOnes(): Promise<Deployment[]> {
    await this._adopting;
    return this._parts.records.list();
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
    onStart: (deployment: Deployment) => void,
    consent?: Consent
  ): Promise<IReadyModule> {
    const deployment = await this.start(module, consent);
    onStart(deployment);
    // `ready` without a life says why there is none.
    const awaited = this._life(deployment.id)?.ready;
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
    void this._connections.get(id)?.ask();
    const life = this._local.get(id) ?? this._placed.get(id);
    return life && (await life.isGone()) ? life.ended : undefined;
  }

  /**
   * Stop one, or forget it where it runs elsewhere; answers at once with the state it is in then.
   *
   * @throws DeepError `not-found`
   */
  stop(id: string): Deployment {
    this._get(id);
    this._life(id)?.stop();
    return this._get(id);
  }

  /** Stop all and wait until nothing is left of them. */
  async close(): Promise<void> {
    clearInterval(this._watch);
    await this._adopting;
    await Promise.all(this._allLives().map(life => life.close()));
    await this._parts.targets.close();
  }

  private async _adoptAll(): Promise<void> {
    const leftovers = this._parts.records.load();
    for (const leftover of leftovers.filter(each => isLive(each.deployment))) {
      if (leftover.deployment.target === 'address') {
        this._connections.restore(leftover.deployment);
      } else if (leftover.deployment.target !== 'process') {
        this._placed.adopt(leftover);
      } else {
        await this._local.adopt(leftover);
      }
    }
  }

  private _life(id: string): ILife | undefined {
    return (
      this._local.get(id) ?? this._placed.get(id) ?? this._connections.get(id)
    );
  }

  private _allLives(): ILife[] {
    return [...this._local.all, ...this._placed.all, ...this._connections.all];
  }

  /** Whether a target that is known here runs it. */
  private _isPlaced({ target, targetId = '' }: Deployment): boolean {
    const isOurs = target !== 'process' && target !== 'address';
    return isOurs && this._parts.targets.has(targetId);
  }

  private async _withMemory(deployment: Deployment): Promise<Deployment> {
    const { id, pid } = deployment;
    const memoryBytes =
      pid === undefined
        ? this._placed.get(id)?.memoryBytes
        : await memoryOf(pid);
    return memoryBytes === undefined
      ? deployment
      : { ...deployment, memoryBytes };
  }

  private _tell(now: Deployment, before?: Deployment): void {
    if (now.target === 'address' || isReady(now) !== isReady(before)) {
      this._parts.onConnectionsChanged?.();
    }
  }

  private _get(id: string): Deployment {
    const deployment = this._parts.records.get(id);
    if (!deployment) {
      throw new DeepError('not-found', `There is no deployment ${id}.`);
    }
    return deployment;
  }

  private readonly _adopting: Promise<void>;
  private readonly _watch: NodeJS.Timeout;
  private readonly _local: LocalModules;
  private readonly _placed: TargetModules;
  private readonly _connections: Connections;
  private readonly _starts: LocalStarts;
}

export namespace Deployments {
  export interface IParts
    extends LocalModules.IParts, Omit<TargetModules.IParts, 'what'> {
    catalogue: Catalogue;
    admission?: LocalStarts.IParts['admission'];
    /** `readyModules` or `connectedModules` may answer otherwise now. */
    onConnectionsChanged?(): void;
  }
}
