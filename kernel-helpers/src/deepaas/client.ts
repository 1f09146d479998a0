import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { checkArguments, withoutNull } from './arguments';
import { getJson } from './control';
import { IEndpoint, parseEndpoint, withSlash } from './endpoint';
import { answeredFailure, IAttempt, transportFailure } from './failures';
import { IBody, makeBody } from './multipart';
import { readReply } from './reply';
import { notePutOff } from './retryAfter';
import { modelPathOf, predictSchema, trainSchema } from './swagger';
import type {
  FileSource,
  ICallOptions,
  IModuleDescription,
  IPredictReply
} from './types';

const DESCRIBE_TIMEOUT_MS = 20_000;
/** Predictions may wait for a training on the same worker, so none is given up early. */
const PREDICT_TIMEOUT_MS = 30 * 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** What one answer may take in memory. */
const MAX_REPLY_BYTES = 1024 * 1024 * 1024;

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
    this._endpoint = parseEndpoint(options.endpoint);
    this._modelPath = options.modelPath && withSlash(options.modelPath);
    this._token = options.token;
  }

  /**
   * Ask the module what it is and which arguments it takes.
   *
   * @throws DeepError `module-unreachable`, `timeout`, `cancelled`; `invalid-request` when there are several models.
   */
  async describe(options: ICallOptions = {}): Promise<IModuleDescription> {
    const attempt = this._attempt('describe', options, DESCRIBE_TIMEOUT_MS);
    const base = this._endpoint.basePath;
    const get = (path: string) =>
      getJson(this._endpoint, path, this._token, attempt);
    const [swagger, list] = await Promise.all([
      get(`${base}/swagger.json`),
      get(this._modelPath ?? `${base}/v2/models/`)
    ]);
    const modelPath =
      this._modelPath ?? modelPathOf(list, swagger, this._endpoint.name);
    const metadata = this._modelPath ? list : onlyModel(list);
    const { schema, accepts } = predictSchema(swagger, modelPath);
    this._description = {
      modelPath,
      metadata: withoutLinks(metadata),
      predict: schema,
      train: trainSchema(swagger, modelPath),
      accepts,
      swagger
    };
    return this._description;
  }

  /**
   * Let the module predict.
   *
   * @param args Arguments that are not files; `null` leaves one to the module.
   * @param files File arguments by name.
   * @throws DeepError `invalid-arguments` with `fields`, `module-failed`, `module-unreachable`, `timeout`, `cancelled`, `not-found`.
   */
  async predict(
    args: Record<string, unknown>,
    files: Record<string, FileSource>,
    options: ICallOptions & { accept?: string } = {}
  ): Promise<IPredictReply> {
    const attempt = this._attempt('predict', options, PREDICT_TIMEOUT_MS);
    const { accept: wanted, ...rest } = withoutNull(args);
    const about = this._description ?? (await this.describe(options));
    const accept = this._accept(options.accept ?? wanted, about);
    await checkArguments(about.predict, rest, Object.keys(files));
    // Modules read `accept` either from the header or as an argument, so it goes into both.
    const sent = options.accept || wanted ? { ...rest, accept } : rest;
    const body = await makeBody(sent, files);
    return this._post(`${about.modelPath}predict/`, body, accept, attempt);
  }

  /** Close the connections. The client can be used again afterwards. */
  async close(): Promise<void> {
    const dispatcher = this._dispatcher;
    this._dispatcher = undefined;
    await (await dispatcher)?.close();
  }

  private _attempt(
    action: string,
    { signal, timeoutMs }: ICallOptions,
    defaultTimeoutMs: number
  ): IAttempt {
    return {
      action,
      name: this._endpoint.name,
      timeoutMs: timeoutMs ?? defaultTimeoutMs,
      signal
    };
  }

  private _accept(wanted: unknown, { accepts }: IModuleDescription): string {
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

  private async _post(
    path: string,
    body: IBody,
    accept: string,
    attempt: IAttempt
  ): Promise<IPredictReply> {
    const { timeoutMs, signal } = attempt;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const dispatcher = await this._connect();
      const response = await dispatcher.request({
        origin: this._endpoint.origin,
        path,
        method: 'POST',
        headers: this._headers(body, accept),
        body: body.payload,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout
      });
      const received = await collect(response.body, attempt);
      if (response.statusCode !== 200) {
        const { statusCode, headers } = response;
        const failure = answeredFailure(statusCode, received, attempt);
        throw notePutOff(failure, statusCode, headers['retry-after']);
      }
      return readReply(response.headers, received, attempt);
    } catch (error) {
      throw transportFailure(timeout.aborted ? timeout.reason : error, attempt);
    }
  }

  private _headers(body: IBody, accept: string): Record<string, string> {
    return {
      accept,
      'content-type': body.contentType,
      'content-length': String(body.sizeBytes),
      ...(this._token ? { authorization: `Bearer ${this._token}` } : {})
    };
  }

  private _connect(): Promise<Dispatcher> {
    this._dispatcher ??= import('undici').then(
      ({ Agent, EnvHttpProxyAgent }) => {
        const { socketPath, isLocal } = this._endpoint;
        const connect = { timeout: CONNECT_TIMEOUT_MS, socketPath };
        return isLocal
          ? new Agent({ connect })
          : new EnvHttpProxyAgent({ connect });
      }
    );
    return this._dispatcher;
  }

  private readonly _endpoint: IEndpoint;
  private readonly _modelPath?: string;
  private readonly _token?: string;
  private _description?: IModuleDescription;
  private _dispatcher?: Promise<Dispatcher>;
}

export namespace ModuleClient {
  export interface IOptions {
    /** `unix:/path/to.sock` or `http(s)://host[:port][/base]`. */
    endpoint: string;
    /** `/v2/models/NAME/`; found out where the endpoint has one model. */
    modelPath?: string;
    /** Bearer token of a proxy before the module; DEEPaaS itself has none. */
    token?: string;
  }
}

const onlyModel = (list: unknown): unknown =>
  (list as { models?: unknown[] } | null)?.models?.[0];

function withoutLinks(metadata: unknown): Record<string, unknown> {
  const { links: _links, ...rest } = (metadata ?? {}) as Record<
    string,
    unknown
  >;
  return rest;
}

async function collect(
  stream: AsyncIterable<Buffer>,
  { action, name }: IAttempt
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of stream) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_REPLY_BYTES) {
      throw new DeepError(
        'too-large',
        `${name} answered ${action} with more than 1 GiB; that does not fit here.`
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
