export { catalogue } from './catalogue';
export type {
  Capability,
  CatalogueModule,
  IModuleList,
  ISearchFilters
} from './catalogue';
export { display } from './display';
export type {
  IBar,
  IDisplay,
  IMimeBundle,
  IProgress,
  PictureSource
} from './display';
export { models } from './loadModels';
export type { ILoadOptions, IModel, IModelDescription } from './models';
export { Module, modules, Prediction } from './modules';
export type {
  Description,
  FileArgument,
  IAnsweredFile,
  IFoundThing,
  IModuleArguments,
  IOptions,
  IScore
} from './modules';
export { DeepError } from '@jupyterlab-deep/protocol';
