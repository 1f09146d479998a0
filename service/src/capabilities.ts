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
  uploads: Uploads;
  predictions: Predictions;
}

/** Build every capability over the store. Deployments that an earlier service left are taken up at once. */
export function makeCapabilities(
  places: IPlaces,
  settings: ISettings,
  store: Store,
  machine: ILimits
): ICapabilities {
  const { startSeconds, predictMinutes, uploadMb } = settings.limits;
  const events = new EventStream();
  const catalogue = makeCatalogue(places, settings, events);
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
  const uploads = new Uploads(store, uploadMb);
  const predictions = new Predictions({
    catalogue,
    deployments,
    inputs: new Inputs({ catalogue, uploads, store }),
    journal,
    running,
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
    uploads,
    predictions
  };
}

function makeCatalogue(
  { modules }: IPlaces,
  { moduleFolders }: ISettings,
  events: EventStream
): Catalogue {
  const folders = [...modules, ...moduleFolders];
  const builtin = new FolderSource('builtin', 'On this machine', folders);
  return new Catalogue([builtin], events);
}

function makeTarget(
  places: IPlaces,
  settings: ISettings,
  { cpus }: ILimits
): ProcessTarget {
  const threads = settings.limits.threads ?? Math.max(1, Math.floor(cpus));
  return new ProcessTarget({ places, settings, threads });
}
