import { Logger } from 'pino';
import { identityRoutes } from './accounts/routes';
import { ISettings } from './admin/config';
import { ICapabilities, makeCapabilities } from './capabilities';
import { catalogueRoutes } from './catalogue/routes';
import { moduleApiRoutes } from './deployments/moduleApi';
import { passThroughRoutes } from './deployments/passThrough';
import { deploymentRoutes } from './deployments/routes';
import { targetRoutes } from './deployments/targetRoutes';
import { checkRoutes } from './develop/checkRoutes';
import { liveRoutes } from './develop/liveRoutes';
import { newModuleRoutes } from './develop/routes';
import { environmentRoutes } from './environments/routes';
import { readHealth } from './health';
import { makeApp } from './http/app';
import { makeOpenApi } from './http/openapi';
import { serviceRoutes } from './http/serviceRoutes';
import { DeepApp } from './http/types';
import { batchRoutes } from './inference/batch/routes';
import { inferenceRoutes } from './inference/routes';
import { Lifecycle } from './lifecycle/lifecycle';
import { OwnProgram } from './lifecycle/ownProgram';
import { readLimits } from './machine/limits';
import { metadataRoutes } from './metadata/routes';
import { modelRoutes } from './models/routes';
import { IPlaces } from './places';
import { pythonRoutes } from './pythonModules/routes';
import { runRoutes } from './runs/routes';
import { sharingRoutes } from './sharing/routes';
import { accountRoutes } from './storage/accounts/routes';
import { datasetRoutes } from './storage/datasets/routes';
import { fileRoutes } from './storage/files/routes';
import type { IRemotes } from './storage/remoteFiles';
import { shareRoutes } from './storage/shares/routes';
import { transferRoutes } from './storage/transfers/routes';
import { IOpenStore } from './store/database';
import { Store } from './store/store';
import { topologyRoutes } from './topologies/routes';
import { trainingRoutes } from './training/routes';

const PRUNE_MS = 3600_000;

/** Everything that the service does, behind one server. Its maker holds the store's lock. */
export class Service {
  constructor(private readonly _options: Service.IOptions) {
    const { places, settings, opened, logger, token, program } = _options;
    const store = new Store(places.store, opened.database);
    this._can = makeCapabilities(_options, store, this._machine);
    this._lifecycle = new Lifecycle(
      {
        isBusy: () => this._isAtWork() || this._can.events.connections > 0,
        isAtWork: () => this._isAtWork(),
        isReplaced: async () => (await program?.isReplaced()) ?? false
      },
      settings.limits.idleMinutes * 60_000,
      _options.onEnd
    );
    const onClient = (client?: string): void => this._lifecycle.seen(client);
    this.app = makeApp({ logger, token, onClient });
    this._addRoutes(this.app);
    this._pruning = setInterval(() => this._prune(), PRUNE_MS);
    this._prune();
  }

  readonly app: DeepApp;

  /** Stop everything that is at work, write down how it ended, and leave nothing behind. */
  async close(): Promise<void> {
    const {
      accounts,
      batches,
      datasets,
      deployments,
      developments,
      environments,
      events,
      identities,
      jobs,
      running,
      store,
      served,
      topologies,
      trainings,
      transfers
    } = this._can;
    clearInterval(this._pruning);
    this._lifecycle.stop();
    await developments.close();
    running.interruptAll('The service was stopped.');
    accounts.close();
    identities.close();
    await batches.close();
    served.close();
    await topologies.close();
    await transfers.close();
    await trainings.close();
    await jobs.close();
    await environments.runs.close();
    await datasets.close();
    events.close();
    await this.app.close();
    await deployments.close();
    store.close();
  }

  private _isAtWork(): boolean {
    const { developments, journal } = this._can;
    return journal.live > 0 || developments.list().length > 0;
  }

  private _addRoutes(app: DeepApp): void {
    const { catalogue, deployments, events } = this._can;
    serviceRoutes(app, {
      events,
      health: () => this._health(),
      openApi: () =>
        (this._openApi ??= makeOpenApi(other => this._addRoutes(other)))
    });
    catalogueRoutes(app, catalogue);
    deploymentRoutes(app, deployments);
    targetRoutes(app, this._can);
    pythonRoutes(app, this._can.python);
    environmentRoutes(app, this._can.environments);
    passThroughRoutes(app, deployments, this._options.settings.limits.uploadMb);
    moduleApiRoutes(app, deployments, this._options.settings.limits);
    inferenceRoutes(app, this._can);
    batchRoutes(app, this._can);
    runRoutes(app, this._can);
    trainingRoutes(app, this._can);
    topologyRoutes(app, this._can);
    modelRoutes(app, this._can.models);
    newModuleRoutes(app, this._can.newModules);
    liveRoutes(app, this._can.developments);
    checkRoutes(app, this._can.checks);
    metadataRoutes(app, this._can.metadata);
    transferRoutes(app, this._can.copies);
    datasetRoutes(app, this._can.datasets);
    accountRoutes(app, this._can.accounts);
    identityRoutes(app, this._can.identities);
    fileRoutes(app, this._can);
    shareRoutes(app, this._can.accounts);
    sharingRoutes(app, this._can.sharing, this._can.catalogue);
  }

  private _health(): ReturnType<typeof readHealth> {
    const { store, journal, deployments } = this._can;
    return readHealth({
      startedAt: this._startedAt,
      store,
      limits: this._machine,
      active: {
        runs: journal.live,
        deployments: deployments.live,
        keepAwake: this._keepsAwake()
      },
      notes: this._options.opened.notes
    });
  }

  /** One that hangs may not keep a whole server for ever. */
  private _keepsAwake(): boolean {
    const { keepAwakeHours } = this._options.settings.limits;
    const { youngestMs } = this._can.journal;
    return youngestMs !== undefined && youngestMs < keepAwakeHours * 3_600_000;
  }

  private _prune(): void {
    const { logger } = this._options;
    this._can.uploads
      .prune()
      .catch(error => logger.warn({ err: error }, 'old uploads stay'));
    void this._can.pruning.prune();
  }

  private readonly _machine = readLimits();
  private readonly _startedAt = new Date();
  private readonly _can: ICapabilities;
  private readonly _lifecycle: Lifecycle;
  private readonly _pruning: NodeJS.Timeout;
  private _openApi?: Promise<object>;
}

export namespace Service {
  export interface IOptions {
    places: IPlaces;
    settings: ISettings;
    opened: IOpenStore;
    logger: Logger;
    token: string;
    /** The linked accounts. */
    remotes?: IRemotes;
    /** The file that runs; absent where nothing replaces it. */
    program?: OwnProgram;
    /** Called with the reason when it has to end: nobody has been there for the idle time, or it was updated. */
    onEnd(reason: string): void;
  }
}
