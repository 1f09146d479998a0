import { DeepError } from '@jupyterlab-deep/protocol';
import { argumentsToSend, checkArguments, withoutNull } from './arguments';
import { IMessage, makeMessage } from './body';
import { BulkSender } from './bulk';
import { getJson } from './control';
import { parseEndpoint, withSlash } from './endpoint';
import { IAttempt } from './failures';
import { answeredFailure, IAnswer } from './refusals';
import { entryOf } from './modelPaths';
import { checkAuthority, IWire } from './network';
import { readReply } from './reply';
import {
  IOperationArguments,
  modelPathOf,
  predictSchema,
  trainSchema
} from './swagger';
import {
  cancelTraining,
  getTraining,
  listTrainings,
  readTraining
} from './trainings';
import { ITrainingEvent, trainingEvents } from './trainingEvents';
import type {
  FileSource,
  ICallOptions,
  IModuleDescription,
  IPredictReply,
  ITraining
} from './types';

const CONTROL_TIMEOUT_MS = 20_000;
/** Predictions may wait for a training on the same worker, so none is given up early. */
const PREDICT_TIMEOUT_MS = 30 * 60_000;
/** What one answer may take in memory. */
const MAX_REPLY_BYTES = 1024 * 1024 * 1024;

/** What the client knows of the module beyond what it tells its callers. */
interface IApi {
  about: IModuleDescription;
  predict: IOperationArguments;
  train: IOperationArguments | null;
  takesAccept: boolean;
}

/**
 * Speaks to one model behind a DEEPaaS v2 endpoint.
 *
 * ```ts
 * const client = new ModuleClient({ endpoint: 'http://127.0.0.1:5000' });
 * const { value } = await client.predict({}, { image: { path: 'leaf.jpg' } });
 * await client.close();
 * ```
 */
export class ModuleClient {
  constructor(options: ModuleClient.IOptions) {
    const { modelPath, token, ca, maxReplyBytes } = options;
    checkAuthority(ca);
    const parsed = parseEndpoint(options.endpoint);
    const endpoint = { ...parsed, name: options.name ?? parsed.name };
    this._wire = { endpoint, token, ca };
    this._modelPath = modelPath && withSlash(modelPath);
    this._bulk = new BulkSender(this._wire, maxReplyBytes ?? MAX_REPLY_BYTES);
  }

  /**
   * Ask the module what it is and which arguments it takes.
   *
   * @throws DeepError `module-unreachable`, `timeout`, `cancelled`; `invalid-request` when there are several models.
   */
  async describe(options: ICallOptions = {}): Promise<IModuleDescription> {
    const attempt = this._attempt('describe', options, CONTROL_TIMEOUT_MS);
    const { basePath, name } = this._wire.endpoint;
    const get = (path: string) => getJson(this._wire, path, attempt);
    const [swagger, list] = await Promise.all([
      get(`${basePath}/swagger.json`),
      get(this._modelPath ?? `${basePath}/v2/models/`)
    ]);
    const modelPath =
      this._modelPath ?? modelPathOf(list, swagger, name, basePath);
    const predict = predictSchema(swagger, modelPath);
    const train = trainSchema(swagger, modelPath);
    const about = {
      modelPath,
      metadata: withoutLinks(entryOf(list, modelPath)),
      predict: predict.schema,
      train: train && train.schema,
      accepts: predict.accepts,
      swagger
    };
    const { takesAccept } = predict;
    this._api = { about, predict, train, takesAccept };
    return about;
  }

  /**
   * Let the module predict.
   *
   * @param args Arguments that are not files; `null` leaves one to the module.
   * @param files File arguments by name.
   * @throws DeepError `invalid-arguments` with `fields`, `module-failed`, `module-unreachable`, `timeout`, `cancelled`, `not-found`,
   * `too-large`. See `retryAfterMs` for those that go by.
   */
  async predict(
    args: Record<string, unknown>,
    files: Record<string, FileSource>,
    options: ICallOptions & { accept?: string } = {}
  ): Promise<IPredictReply> {
    const attempt = this._attempt('predict', options, PREDICT_TIMEOUT_MS);
    const { accept: wanted, ...rest } = withoutNull(args);
    const { about, predict, takesAccept } = await this._known(options);
    const accept = acceptOf(options.accept ?? wanted, about.accepts);
    await checkArguments(predict.schema, rest, Object.keys(files));
    const given = argumentsToSend(predict.schema, rest);
    // Modules read `accept` either from the header or as an argument, so it goes into both.
    const sent = takesAccept ? { ...given, accept } : given;
    const answer = await this._bulk.post(
      `${about.modelPath}predict/`,
      () => makeMessage(sent, files, predict),
      accept,
      attempt
    );
    return readReply(answer.headers, good(answer, attempt), attempt, accept);
  }

  /**
   * Start a training. It runs in the module, which forgets it when it restarts: whoever needs it later keeps its id, arguments and times.
   *
   * @throws DeepError `invalid-arguments` with `fields`, `module-not-implemented`, `module-disabled`, `module-unreachable`, `timeout`, `cancelled`.
   */
  async train(
    args: Record<string, unknown>,
    options: ICallOptions = {}
  ): Promise<ITraining> {
    const attempt = this._attempt('train', options, PREDICT_TIMEOUT_MS);
    const { about, train } = await this._known(options);
    const call = train ?? NO_ARGUMENTS;
    await checkArguments(call.schema, args, []);
    const make = (): Promise<IMessage> =>
      makeMessage(argumentsToSend(call.schema, args), {}, call);
    const path = `${about.modelPath}train/`;
    const answer = await this._bulk.post(path, make, JSON_TYPE, attempt);
    return readTraining({ body: good(answer, attempt) }, attempt);
  }

  /** The trainings that the module knows, in its order. */
  async trainings(options: ICallOptions = {}): Promise<ITraining[]> {
    const attempt = this._attempt('trainings', options, CONTROL_TIMEOUT_MS);
    return listTrainings(this._wire, await this._trainPath(options), attempt);
  }

  /** @throws DeepError `not-found` for a training that the module does not know (any more). */
  async training(id: string, options: ICallOptions = {}): Promise<ITraining> {
    const attempt = this._attempt('training', options, CONTROL_TIMEOUT_MS);
    return getTraining(this._wire, await this._trainPath(options), id, attempt);
  }

  /**
   * Cancel a training, or let the module forget one that is over. Waits some seconds until the module has it no more.
   *
   * @returns what the module last said of it, where it said something.
   * @throws DeepError `not-found`, `module-failed` when it is still there, `module-unreachable`, `timeout`, `cancelled`.
   */
  async cancelTraining(
    id: string,
    options: ICallOptions = {}
  ): Promise<ITraining | undefined> {
    const attempt = this._attempt('cancel', options, CONTROL_TIMEOUT_MS);
    const path = await this._trainPath(options);
    return cancelTraining(this._wire, path, id, attempt);
  }

  /**
   * What our own runtime says of a training, from the event after `after` on, until its end or until the connection is cut.
   *
   * @throws DeepError `not-found`, also of modules that have no such events; `module-unreachable`, `timeout`, `cancelled`.
   */
  async *trainingEvents(
    id: string,
    { after, ...options }: ICallOptions & { after?: number } = {}
  ): AsyncGenerator<ITrainingEvent> {
    const attempt = this._attempt('trainings', options, CONTROL_TIMEOUT_MS);
    const base = await this._trainPath(options);
    const path = `${base}${encodeURIComponent(id)}/events`;
    yield* trainingEvents(this._wire, path, after, attempt);
  }

  /** Close the connections. The client can be used again afterwards. */
  async close(): Promise<void> {
    await this._bulk.close();
  }

  private _attempt(
    action: string,
    { signal, timeoutMs }: ICallOptions,
    defaultTimeoutMs: number
  ): IAttempt {
    return {
      action,
      name: this._wire.endpoint.name,
      timeoutMs: timeoutMs ?? defaultTimeoutMs,
      signal
    };
  }

  private async _known({ signal }: ICallOptions): Promise<IApi> {
    if (!this._api) {
      await this.describe({ signal });
    }
    return this._api as IApi;
  }

  private async _trainPath(options: ICallOptions): Promise<string> {
    return `${(await this._known(options)).about.modelPath}train/`;
  }

  private readonly _wire: IWire;
  private readonly _bulk: BulkSender;
  private readonly _modelPath?: string;
  private _api?: IApi;
}

export namespace ModuleClient {
  export interface IOptions {
    /** `unix:/path/to.sock` or `http(s)://host[:port][/base]`. */
    endpoint: string;
    /** What people call the module, for messages; its address unless said. */
    name?: string;
    /** `/v2/models/NAME/`; found out where the endpoint has one model. */
    modelPath?: string;
    /** Bearer token of a proxy before the module; DEEPaaS itself has none. */
    token?: string;
    /** Certificate authority in PEM form, beside those that the machine trusts. */
    ca?: string;
    /** What one answer may take in memory; 1 GiB unless said. */
    maxReplyBytes?: number;
  }
}

const JSON_TYPE = 'application/json';

/** Of a train route that the document does not have; the module says why. */
const NO_ARGUMENTS: IOperationArguments = {
  schema: { type: 'object', properties: {} },
  places: {}
};

/** The body of an answer that is a success. */
function good(answer: IAnswer, attempt: IAttempt): Buffer {
  if (answer.status !== 200) {
    throw answeredFailure(answer, attempt);
  }
  return answer.body;
}

function acceptOf(wanted: unknown, accepts: string[]): string {
  if (wanted === undefined) {
    return accepts[0];
  }
  if (typeof wanted !== 'string' || !accepts.includes(wanted)) {
    const says = `It must be one of: ${accepts.join(', ')}.`;
    throw new DeepError('invalid-arguments', `accept: ${says}`, {
      fields: { accept: [says] }
    });
  }
  return wanted;
}

function withoutLinks(metadata: unknown): Record<string, unknown> {
  const { links: _links, ...rest } = (metadata ?? {}) as Record<
    string,
    unknown
  >;
  return rest;
}
