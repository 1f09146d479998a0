import {
  ConnectionRequest,
  Consent,
  DeepError,
  Deployment,
  Module
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ICatalogueEntry } from '../catalogue/source';
import { memoryOf } from '../lifecycle/processes';
import { Admission, IAdmitted } from '../pythonModules/admission';
import { pythonOf } from '../pythonModules/origin';
import { CONNECTED } from './connectedModule';
import { Connections } from './connections';
import { ILife, IReadyModule } from './life';
import { LocalModules } from './localModules';
import { IModuleFolder } from './processTarget';
import { isLive } from './records';

/** How often a ready module is asked whether it still answers. */
const WATCH_MS = 10_000;

/** Starts, watches and stops modules on this machine, and watches those that run elsewhere. */
export class Deployments {
  constructor(private readonly _parts: Deployments.IParts) {
    const { records, settings } = _parts;
    records.follow((now, before) => this._tell(now, before));
    this._local = new LocalModules(_parts);
    this._connections = new Connections(records, settings.network.privateHosts);
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

  /** Modules that run elsewhere and are in no catalogue. */
  connectedModules(): Module[] {
    return this._connections.modules;
  }

  list(): Promise<Deployment[]> {
    return Promise.all(this._parts.records.list().map(withMemory));
  }

  /** @throws DeepError `not-found` */
  async get(id: string): Promise<Deployment> {
    return withMemory(this._get(id));
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

  /** @throws DeepError `not-found`; `module-unreachable` unless it is ready. */
  ready(id: string): IReadyModule {
    const { title, state, error } = this._get(id);
    const ready = this._life(id)?.readyModule;
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
    const found = this._findLive(idsOf(module));
    return found && this._life(found.id)?.readyModule;
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
   * Find a module that runs, here or elsewhere; else start it.
   *
   * @throws DeepError `not-found`, `module-broken`, `module-not-implemented` when nothing here can run it, `no-space`
   */
  async start(id: string, consent?: Consent): Promise<Deployment> {
    await this._adopting;
    const entry = await this._entryOf(id);
    const ids = entry ? idsOf(entry.module) : [id];
    const ending = this._findLive(ids, 'process');
    await (ending && this._local.settle(ending));
    const found = this._findLive(ids);
    const isLost = found?.target === 'address' && !isReady(found);
    const runsHere = entry?.folder ?? entry?.python;
    if (found && !(isLost && runsHere)) {
      this._connections.get(found.id)?.revive();
      return this._get(found.id);
    }
    if (!entry && id.startsWith(`${CONNECTED}/`)) {
      throw notConnected(id);
    }
    const usable = await this._parts.catalogue.getUsable(id);
    const startable = await this._startable(usable, consent);
    return this._findLive(ids, 'process') ?? this._local.begin(startable);
  }

  /**
   * Stop a module and start it anew, such as for weights that have changed.
   *
   * @throws DeepError `not-found`, and what `start` throws
   */
  async restart(id: string): Promise<Deployment> {
    const { module } = this._get(id);
    this.stop(id);
    await this._local.get(id)?.ended;
    return this.start(module);
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
    const life = this._local.get(id);
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
  }

  private async _adoptAll(): Promise<void> {
    const leftovers = this._parts.records.load();
    for (const leftover of leftovers.filter(each => isLive(each.deployment))) {
      if (leftover.deployment.target === 'address') {
        this._connections.restore(leftover.deployment);
      } else {
        await this._local.adopt(leftover);
      }
    }
  }

  /** @throws DeepError `consent-needed`, `module-not-implemented` */
  private async _startable(
    entry: ICatalogueEntry,
    consent: Consent | undefined
  ): Promise<IModuleFolder | IAdmitted> {
    const { module, folder } = entry;
    const python = pythonOf(entry);
    if (folder !== undefined && !entry.python) {
      return { module, folder };
    }
    const { admission } = this._parts;
    if (!python || !admission) {
      throw notRunnable(module);
    }
    return admission.admit(python, consent);
  }

  /** What the catalogue says of it; undefined of what no source has any longer. */
  private async _entryOf(id: string): Promise<ICatalogueEntry | undefined> {
    try {
      return await this._parts.catalogue.get(id);
    } catch (error) {
      if ((error as DeepError).key === 'not-found') {
        return undefined;
      }
      throw error;
    }
  }

  /** The one that is asked soonest: what is ready before what is not, what is here before what is elsewhere. */
  private _findLive(
    modules: string[],
    target?: Deployment['target']
  ): Deployment | undefined {
    const rank = (each: Deployment): number =>
      (isReady(each) ? 0 : 2) + (each.target === 'process' ? 0 : 1);
    return this._parts.records
      .list()
      .filter(each => modules.includes(each.module) && isLive(each))
      .filter(each => target === undefined || each.target === target)
      .sort((a, b) => rank(a) - rank(b))
      .at(0);
  }

  private _life(id: string): ILife | undefined {
    return this._local.get(id) ?? this._connections.get(id);
  }

  private _allLives(): ILife[] {
    return [...this._local.all, ...this._connections.all];
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
  private readonly _connections: Connections;
}

export namespace Deployments {
  export interface IParts extends LocalModules.IParts {
    catalogue: Catalogue;
    /** Of Python modules; without it there are none. */
    admission?: Admission;
    /** `readyModules` or `connectedModules` may answer otherwise now. */
    onConnectionsChanged?(): void;
  }
}

const isReady = (deployment?: Deployment): boolean =>
  deployment?.state === 'ready';

/** What any source calls it. */
const idsOf = ({ id, origins }: Module): string[] => [
  id,
  ...origins.map(origin => origin.id)
];

const notConnected = (id: string): DeepError =>
  new DeepError('not-found', `${id} is not connected.`, {
    hint: 'It runs elsewhere: take “Connect to a running module…” and give its address.'
  });

const notRunnable = ({ title }: Module): DeepError =>
  new DeepError(
    'module-not-implemented',
    `${title} is a container image; nothing on this machine runs it yet.`,
    {
      hint: 'When it runs somewhere, take “Connect to a running module…” and give its address.'
    }
  );

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
