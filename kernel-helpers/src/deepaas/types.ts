/** A JSON Schema (draft 7) of an object with one property an argument. */
export interface IJsonSchema {
  $schema?: string;
  type?: string;
  properties?: Record<string, IJsonSchema>;
  required?: string[];
  [keyword: string]: unknown;
}

/** What a module says about itself. */
export interface IModuleDescription {
  /** Path of the model under the endpoint's origin: `/v2/models/NAME/`. */
  modelPath: string;
  /** Whatever the author wrote; any JSON. */
  metadata: Record<string, unknown>;
  /** Arguments of predict; files have `format: "file"`. `accept` is left out: see `accepts`. */
  predict: IJsonSchema;
  /** Arguments of train; null when the module has no such route. */
  train: IJsonSchema | null;
  /** Media types that predict can answer with, the module's own choice first. */
  accepts: string[];
  /** The module's own Swagger 2.0 document. */
  swagger: unknown;
}

/** A file argument: on disk (read while it is sent) or in memory. */
export type FileSource =
  | { path: string; filename?: string; contentType?: string }
  | { data: Uint8Array; filename: string; contentType?: string };

/** A module's answer to predict. */
export interface IPredictReply {
  /** Media type without parameters; found by the first bytes where the module does not say. */
  contentType: string;
  /** Name the module gave to a file it answered with. */
  filename?: string;
  /** The answer taken out of DEEPaaS's wrapper; only when it is JSON. */
  value?: unknown;
  /** The bytes as they came. */
  body: Buffer;
}

/** A training as its module tells it. */
export interface ITraining {
  /** 32 hexadecimal digits. */
  id: string;
  /** The module's own word: `running` (also while it waits for a worker), `done`, `error` or any other. */
  status: string;
  /** It ended and has a result. */
  isDone: boolean;
  /** It ended with a failure; `message` says why. */
  hasFailed: boolean;
  /** Local time of the module's machine, without a zone. */
  startedAt: string;
  /** As the module understood them. */
  arguments: Record<string, unknown>;
  /** What train returned; any JSON. */
  output?: unknown;
  /** Local time of the module's machine, without a zone. */
  finishedAt?: string;
  /** `hours:minutes:seconds`, as the module writes it. */
  duration?: string;
  /** Why it failed. */
  message?: string;
}

/** Options of every call to a module. */
export interface ICallOptions {
  signal?: AbortSignal;
  /** For the whole call. */
  timeoutMs?: number;
}
