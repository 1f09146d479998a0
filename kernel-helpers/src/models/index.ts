export {
  type ArgumentValues,
  type IArgument,
  readArguments
} from './arguments';
export { type IModelFolder, openModelFolder } from './folder';
export { checkSettings } from './checkSettings';
export {
  folderTexts,
  type IAboutModel,
  plainName,
  titleOf,
  yaml
} from './folderTexts';
export { bestClasses, type IClassification } from './imageClassification';
export { type IInspectedModel } from './inspect';
export { inspectModel } from './inspectModel';
export { settingsOf } from './chosenSettings';
export { type IVoiceActivity } from './voiceActivity';
export { type IVoiceSegment } from './voiceSegments';
export { type ITableRow, type TabularResult } from './tabular';
export { type IMachineLimits, machineLimits } from './machine';
export { ModelManifest } from './manifest';
export {
  type ILoadOptions,
  type IModel,
  type IModelDescription,
  loadModel,
  loadModel as load
} from './model';
