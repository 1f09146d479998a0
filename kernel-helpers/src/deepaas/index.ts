export { checkArguments } from './arguments';
export { ModuleClient } from './client';
export { retryAfterMs } from './retryAfter';
export { sniffContentType } from './reply';
export { modelPathOf, predictSchema, trainSchema } from './swagger';
export type {
  FileSource,
  IJsonSchema,
  IModuleDescription,
  IPredictReply
} from './types';
