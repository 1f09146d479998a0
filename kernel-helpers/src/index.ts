export { catalogue } from './catalogue';
export type {
  Capability,
  CatalogueModule,
  IModuleList,
  ISearchFilters
} from './catalogue';
export { DeploymentHandle, deployments, JobRun } from './deployments';
export type {
  DeployedModel,
  IDeploymentOptions,
  IDeploymentProgress,
  IJobOptions,
  ILogOptions
} from './deployments';
export { display } from './display';
export type {
  IBar,
  IDisplay,
  IMimeBundle,
  IProgress,
  PictureSource
} from './display';
export { environments } from './environments';
export type { ICreateOptions as IEnvironmentOptions } from './environments';
export { models } from './loadModels';
export { SavedModel } from './savedModel';
export type { ISaveOptions, ModelSource } from './saveModel';
export { LocalModel } from './localModel';
export type { ILoadOptions, IModelDescription } from './models';
export { Module, modules, Prediction } from './modules';
export type {
  CheckedModule,
  Description,
  FileArgument,
  IEvaluateArguments,
  IEvaluateOptions,
  IManyOptions,
  IManyProgress,
  IAnsweredFile,
  IFoundThing,
  IModuleArguments,
  IOptions,
  IScore,
  ISubmitOptions,
  ManyAnswer
} from './modules';
export { BatchRun, Evaluation, runs } from './runs';
export { ReceivedModule, SharedByMe, sharing } from './sharing';
export type { IPublishOptions, SharedThing } from './sharing';
export { storage, StorageDataset, Transfer } from './storage';
export type {
  IDatasetOptions,
  ITransferOptions,
  StorageAccount,
  StorageEntry
} from './storage';
export {
  topologies,
  Topology,
  TopologyBuilder,
  TopologyOutput,
  TopologyRun,
  TopologyStep
} from './topologies';
export type {
  ITopologyProgress,
  ITopologyRunOptions,
  TopologyFrom,
  TopologyInputs,
  ITopologyOut
} from './topologies';
export { training, TrainingRun } from './training';
export { DeepError } from '@jupyterlab-deep/protocol';
// What cells keep in variables must have a name that a notebook can write.
export type {
  CheckFinding,
  CheckOutcome,
  CheckReport,
  EnvironmentDevice,
  EvaluatedClass,
  InstalledPackage,
  KernelEnvironment,
  MachineReport,
  LeftOut,
  Mistake,
  Deployment,
  DeploymentState,
  ModelInspection,
  RunState,
  Target,
  TargetPlan,
  TopologyCheck,
  TopologyDocument,
  TopologyExport,
  TopologyProblem,
  TrainingState,
  TrainingStep
} from '@jupyterlab-deep/protocol';
