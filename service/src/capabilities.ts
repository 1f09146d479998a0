import type { Logger } from 'pino';
import { ISettings } from './admin/config';
import { Catalogue } from './catalogue/catalogue';
import { FolderSource } from './catalogue/folderSource';
import { Deployments } from './deployments/deployments';
import { ProcessTarget } from './deployments/processTarget';
import { DeploymentRecords } from './deployments/records';
import { EventStream } from './http/events';
import { Inputs } from './inference/inputs';
import { Predictions } from './inference/predictions';
import { Uploads } from './inference/uploads';
import { ILimits } from './machine/limits';
import { IPlaces } from './places';
import { RunJournal } from './runs/journal';
import { RunPruning } from './runs/pruning';
import { Running } from './runs/running';
import { Store } from './store/store';

/** Everything that the service can do, without HTTP. */
export interface ICapabilities {
  store: Store;
  events: EventStream;
  catalogue: Catalogue;
  deployments: Deployments;
  journal: RunJournal;
  running: Running;
  pruning: RunPruning;
  uploads: Uploads;
  predictions: Predictions;
}

/** What everything stands on. */
interface IFoundation {
  places: IPlaces;
  settings: ISettings;
  logger: Logger;
}

/** Build every capability over the store. Deployments that an earlier service left are taken up at once. */
export function makeCapabilities(
  { places, settings, logger }: IFoundation,
  store: Store,
  machine: ILimits
): ICapabilities {
  const { startSeconds, predictMinutes, uploadMb, keepRunsMb } =
    settings.limits;
  const events = new EventStream();
  const catalogue = new Catalogue(
    [builtinSource(places, settings)],
    events,
    logger
  );
  const deployments = new Deployments({
    catalogue,
    records: new DeploymentRecords(store, events),
    store,
    target: makeTarget(places, settings, machine),
    settings
  });
  const journal = new RunJournal(store, events);
  journal.interruptLeftovers();
  const running = new Running(journal);
  const pruning = new RunPruning({ running, store, keepRunsMb, logger });
  const uploads = new Uploads(store, uploadMb);
  const predictions = new Predictions({
    catalogue,
    deployments,
    inputs: new Inputs({ catalogue, uploads, store }),
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
    journal,
    running,
    pruning,
    uploads,
    predictions
  };
}

const builtinSource = (
  { modules }: IPlaces,
  { moduleFolders }: ISettings
): FolderSource =>
  new FolderSource('builtin', 'On this machine', [
    ...modules,
    ...moduleFolders
  ]);

function makeTarget(
  places: IPlaces,
  settings: ISettings,
  { cpus }: ILimits
): ProcessTarget {
  const threads = settings.limits.threads ?? Math.max(1, Math.floor(cpus));
  return new ProcessTarget({ places, settings, threads });
}
