export { checkArguments } from './arguments';
export { ModuleClient } from './client';
export { retryAfterMs } from './refusals';
export { sniffContentType } from './reply';
export { modelPathOf, predictSchema, trainSchema } from './swagger';
export type { ITrainingEvent } from './trainingEvents';
export type {
  FileSource,
  ICallOptions,
  IJsonSchema,
  IModuleDescription,
  IPredictReply,
  ITraining
} from './types';
