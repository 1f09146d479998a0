import { accountsPlugin } from './accounts/plugin';
import { activityPlugin } from './activity/plugin';
import { cataloguePlugin } from './catalogue/plugin';
import { deploymentsPlugin } from './deployments/plugin';
import { developPlugin } from './develop/plugin';
import { wizardPlugin } from './deployments/wizardPlugin';
import { environmentsPlugin } from './environments/plugin';
import { inferencePlugin } from './inference/plugin';
import { resultsPlugin } from './inference/results/plugin';
import { metadataPlugin } from './metadata/plugin';
import { servicePlugin } from './service/plugin';
import { sharingPlugin } from './sharing/plugin';
import { storagePlugin } from './storage/plugin';
import { topologiesPlugin } from './topologies/plugin';

export { ICatalogue } from './catalogue/tokens';
export { IDeepService } from './service/tokens';

export default [
  servicePlugin,
  cataloguePlugin,
  inferencePlugin,
  resultsPlugin,
  activityPlugin,
  storagePlugin,
  deploymentsPlugin,
  accountsPlugin,
  wizardPlugin,
  topologiesPlugin,
  developPlugin,
  sharingPlugin,
  environmentsPlugin,
  metadataPlugin
];
