import { homedir } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { Accounts } from './accounts/accounts';
import { ISettings } from './admin/config';
import { Catalogue } from './catalogue/catalogue';
import {
  checkSource,
  DEFAULT_SOURCES,
  makeSource
} from './catalogue/sources/makeSource';
import { FolderSource } from './catalogue/sources/folderSource';
import { ModuleReader } from './catalogue/metadata/readModule';
import { MetadataSchemas } from './catalogue/metadata/metadataSchemas';
import { ISource } from './catalogue/source';
import { SourceList } from './catalogue/sourceList';
import { Deployments } from './deployments/deployments';
import { Jobs } from './deployments/jobs/jobs';
import { ProcessTarget } from './deployments/processTarget';
import { DeploymentRecords } from './deployments/records';
import { makeTarget, makeTargets } from './deployments/targets/makeTargets';
import { OwnTargets } from './deployments/targets/ownTargets';
import { Targets } from './deployments/targets/targets';
import { Checks } from './develop/check/checks';
import { Developments } from './develop/live/developments';
import { NewModules } from './develop/scaffold/newModules';
import { EventStream } from './http/events';
import { Batches } from './inference/batch/batches';
import { Inputs } from './inference/inputs';
import { Predictions } from './inference/predictions';
import { Uploads } from './inference/uploads';
import { listGpus } from './machine/gpus';
import { ILimits } from './machine/limits';
import { readMachine } from './machine/machine';
import { IMachine } from './machine/needs';
import { Metadata } from './metadata/metadata';
import { Models } from './models/models';
import { IPlaces } from './places';
import { KernelEnvironments } from './environments/environments';
import { PythonModules } from './pythonModules/pythonModules';
import { PythonTools } from './pythonModules/pythonTools';
import { RunJournal } from './runs/journal';
import { RunPruning } from './runs/pruning';
import { Running } from './runs/running';
import { Unfinished } from './runs/unfinished';
import { RunWorkers } from './runs/workers';
import { Datasets } from './storage/datasets/datasets';
import { makeWays } from './storage/datasets/makeWays';
import { StorageAccounts } from './storage/accounts/storageAccounts';
import { SecretBox } from './store/secretBox';
import { makeStorage } from './storage/makeStorage';
import type { IRemotes } from './storage/remoteFiles';
import { ModelDirectory } from './models/modelDirectory';
import { Sharing } from './sharing/sharing';
import { Copies } from './storage/transfers/copies';
import { Transfers } from './storage/transfers/transfers';
import { Store } from './store/store';
import { ServedTopologies } from './topologies/served';
import { Topologies } from './topologies/topologies';
import { OWN_MODELS, ownModelsFolder } from './training/ownModels';
import { Trainings } from './training/trainings';

/** Everything that the service can do, without HTTP. */
export interface ICapabilities {
  store: Store;
  events: EventStream;
  catalogue: Catalogue;
  deployments: Deployments;
  jobs: Jobs;
  ownTargets: OwnTargets;
  targets: Targets;
  python: PythonModules;
  journal: RunJournal;
  running: Running;
  pruning: RunPruning;
  uploads: Uploads;
  predictions: Predictions;
  batches: Batches;
  workers: RunWorkers;
  transfers: Transfers;
  copies: Copies;
  datasets: Datasets;
  accounts: StorageAccounts;
  identities: Accounts;
  trainings: Trainings;
  topologies: Topologies;
  served: ServedTopologies;
  models: Models;
  newModules: NewModules;
  developments: Developments;
  checks: Checks;
  sharing: Sharing;
  environments: KernelEnvironments;
  metadata: Metadata;
}

/** What everything stands on. */
interface IFoundation {
  places: IPlaces;
  settings: ISettings;
  logger: Logger;
  /** In place of the linked accounts, for tests. */
  remotes?: IRemotes;
}

/** Build every capability over the store. Deployments that an earlier service left are taken up at once. */
export function makeCapabilities(
  { places, settings, logger, ...given }: IFoundation,
  store: Store,
  machine: ILimits
): ICapabilities {
  const { startSeconds, predictMinutes, uploadMb, keepRunsMb } =
    settings.limits;
  const threads =
    settings.limits.threads ?? Math.max(1, Math.floor(machine.cpus));
  const present = (): Promise<IMachine> => readMachine(machine, store.folder);
  const events = new EventStream();
  const tools = new PythonTools(places, settings, process.env);
  const python = new PythonModules({
    places,
    settings,
    store,
    tools,
    onAdded: () => catalogue.runningChanged()
  });
  const accounts = new StorageAccounts({
    store,
    events,
    settings,
    env: process.env,
    logger
  });
  const reader = new ModuleReader(new MetadataSchemas(places.schemas));
  const sharing = new Sharing({
    accounts,
    env: process.env,
    logger,
    reader,
    settings,
    store
  });
  const catalogue = new Catalogue({
    sources: sourceList(
      { places, settings, logger, reader, shared: sharing.source },
      store
    ),
    events,
    logger,
    machine: async () => ({
      ...(await present()),
      runsPython: python.isPossible
    }),
    freshMs: settings.catalogue.refreshMinutes * 60_000
  });
  const identities = new Accounts({
    store,
    events,
    settings,
    env: process.env,
    logger
  });
  const targetParts = {
    places,
    settings,
    events,
    machine,
    present,
    threads,
    runsPython: python.isPossible,
    env: process.env,
    accounts: identities,
    storages: accounts,
    store
  };
  const targets = makeTargets(targetParts);
  const ownTargets = new OwnTargets({
    folder: store.folder,
    settings,
    targets,
    events,
    make: ({ allowPrivate, ...setting }) =>
      makeTarget(targetParts, setting, allowPrivate),
    usesOf: id => [...deployments.namesAt(id), ...jobs.namesAt(id)],
    onUnusable: (name, error) =>
      logger.warn(
        { err: error, name },
        'a place that its user added is left out'
      )
  });
  const secrets = new SecretBox(store.folder, process.env);
  const deployments = new Deployments({
    catalogue,
    records: new DeploymentRecords(store, events),
    store,
    target: new ProcessTarget({ places, settings, threads }),
    targets,
    python: python.target,
    admission: python.admission,
    consents: python.remembered,
    secrets,
    settings,
    onConnectionsChanged: () => catalogue.runningChanged()
  });
  python.follow(catalogue, deployments);
  const developments = new Developments({
    catalogue,
    deployments,
    consents: python.remembered,
    events,
    reader: moduleReader(places)
  });
  catalogue.follow({
    readyModules: () => deployments.readyModules(),
    connectedModules: () => deployments.connectedModules(),
    addedModules: () => [...python.added.entries, ...developments.entries],
    opened: python.opened
  });
  const journal = new RunJournal(store, events);
  const leftovers = journal.takeLeftovers();
  const running = new Running(journal);
  const pruning = new RunPruning({ running, store, keepRunsMb, logger });
  const uploads = new Uploads(store, uploadMb);
  const inputs = new Inputs({
    catalogue,
    uploads,
    store,
    network: settings.network
  });
  const unfinished = new Unfinished(store.folder, logger);
  const remotes = given.remotes ?? accounts;
  const storage = makeStorage({
    store,
    events,
    journal,
    pruning,
    unfinished,
    logger,
    remotes,
    hostOf: account => accounts.hostOf(account),
    folder: settings.storage.folder ?? path.join(homedir(), 'datasets'),
    ways: makeWays({ places, settings, remotes }),
    leftovers
  });
  storage.transfers.listen(({ endedAt, transfer }) => {
    if (endedAt && transfer && transfer.doneBytes > 0) {
      accounts.askSoon(transfer.account, 0);
    }
  });
  sharing.follow({
    catalogue,
    directory: new ModelDirectory(ownModelsFolder(places)),
    journal,
    transfers: storage.transfers
  });
  const batches = new Batches({
    catalogue,
    datasets: storage.datasets,
    deployments,
    inputs,
    journal,
    pruning,
    store,
    unfinished,
    logger,
    predictMinutes
  });
  batches.takeUp(leftovers);
  const trainings = new Trainings({
    catalogue,
    datasets: storage.datasets,
    deployments,
    journal,
    store,
    unfinished,
    logger,
    modelsFolder: ownModelsFolder(places),
    hardware: async () => hardwareWords(machine, await listGpus())
  });
  trainings.takeUp(leftovers);
  const topologies = new Topologies({
    catalogue,
    datasets: storage.datasets,
    deployments,
    journal,
    pruning,
    store,
    unfinished,
    logger,
    agreed: python.remembered,
    admission: python.isPossible ? python.admission : undefined,
    predictMinutes
  });
  topologies.takeUp(leftovers);
  const models = new Models({ places, settings, catalogue, deployments });
  const jobs = new Jobs({
    catalogue,
    journal,
    secrets,
    store,
    targets,
    unfinished
  });
  jobs.takeUp(leftovers);
  const environments = new KernelEnvironments({
    places,
    tools,
    limits: machine,
    journal,
    store,
    unfinished
  });
  environments
    .takeUp(leftovers)
    .catch(error =>
      logger.warn({ err: error }, 'environments stay as they are')
    );
  const predictions = new Predictions({
    catalogue,
    deployments,
    inputs,
    journal,
    running,
    pruning,
    store,
    startSeconds,
    predictMinutes
  });
  return {
    store,
    events,
    catalogue,
    deployments,
    jobs,
    ownTargets,
    targets,
    python,
    journal,
    running,
    pruning,
    uploads,
    predictions,
    batches,
    workers: new RunWorkers(journal, {
      prediction: running,
      check: running,
      batch: batches,
      transfer: storage.transfers,
      training: trainings,
      topology: topologies,
      job: jobs,
      environment: environments.runs
    }),
    ...storage,
    accounts,
    identities,
    trainings,
    topologies,
    served: new ServedTopologies({ topologies, models }),
    models,
    newModules: new NewModules({
      places,
      settings,
      consents: python.remembered
    }),
    developments,
    checks: new Checks({
      catalogue,
      deployments,
      journal,
      running,
      store,
      privateHosts: settings.network.privateHosts
    }),
    sharing,
    environments,
    metadata: new Metadata(new MetadataSchemas(places.schemas))
  };
}

const moduleReader = ({ schemas }: IPlaces): ModuleReader =>
  new ModuleReader(new MetadataSchemas(schemas));

function sourceList(
  {
    places,
    settings,
    logger,
    reader,
    shared
  }: IFoundation & { reader: ModuleReader; shared: ISource },
  store: Store
): SourceList {
  const { sources, disabled, lockSources } = settings.catalogue;
  const folder = path.join(store.folder, 'catalogue');
  return new SourceList({
    folder,
    defaults: DEFAULT_SOURCES,
    administrator: { sources, disabled, isLocked: lockSources },
    folders: [
      new FolderSource(
        'builtin',
        'On this machine',
        [...places.modules, ...settings.moduleFolders],
        reader
      ),
      new FolderSource(
        OWN_MODELS,
        'My modules',
        [ownModelsFolder(places)],
        reader,
        true
      ),
      shared
    ],
    checkSource: setting => checkSource(setting, settings.network),
    makeSource: setting =>
      makeSource(setting, {
        cacheFolder: folder,
        network: settings.network,
        reader,
        logger
      })
  });
}

/** For people: `2 CPU, 24 GB, no GPU`. */
function hardwareWords(
  { cpus, memoryBytes }: ILimits,
  gpus: readonly string[]
): string {
  const memory = Math.round(memoryBytes / 1024 ** 3);
  const cards = gpus.length > 0 ? gpus.join(', ') : 'no GPU';
  return `${Math.max(1, Math.floor(cpus))} CPU, ${memory} GB, ${cards}`;
}
