import type { Agent, Dispatcher } from 'undici';
import type { DiscoveryFile, Problem } from '@jupyterlab-deep/protocol';
import {
  CLIENT_HEADER,
  DeepError,
  TOKEN_HEADER
} from '@jupyterlab-deep/protocol';
import { orCancelled, throwIfCancelled } from '../cancel';
import { discover } from './discovery';
import { startService } from './startService';

const READY_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Only for form's sake: the socket decides who answers. */
const ORIGIN = 'http://localhost';

interface IRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

interface IAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** Speaks to the companion service, which it starts when there is none. */
export class ServiceConnection {
  /** Ask for JSON. @throws DeepError as the service says, or `service-unavailable`. */
  async json<T>(path: string, request: IRequest = {}): Promise<T> {
    const { body } = await this.request(path, request);
    return JSON.parse(body.toString('utf8')) as T;
  }

  /** Ask for anything. @throws DeepError as the service says, or `service-unavailable`. */
  async request(path: string, request: IRequest = {}): Promise<IAnswer> {
    const target = await this._service(request.signal);
    try {
      return await this._send(target, path, request);
    } catch (error) {
      if (!mayHaveRestarted(error)) {
        throw error;
      }
      // Whatever cells ask of the service may be asked twice: a start returns the module that already
      // runs, and a batch is known by its `requestId`.
      this._forget();
      return this._send(await this._service(request.signal), path, request);
    }
  }

  private async _send(
    target: ITarget,
    path: string,
    request: IRequest
  ): Promise<IAnswer> {
    const answer = await send(target, withQuery(path, request.query), request);
    if (answer.status >= 400) {
      throw failure(answer);
    }
    return answer;
  }

  private async _service(signal?: AbortSignal): Promise<ITarget> {
    throwIfCancelled(signal);
    this._target ??= connect().catch(error => {
      this._target = undefined;
      throw error;
    });
    return orCancelled(this._target, signal);
  }

  private _forget(): void {
    void this._target?.then(
      ({ agent }) => agent.close(),
      () => undefined
    );
    this._target = undefined;
  }

  private _target?: Promise<ITarget>;
}

interface ITarget {
  agent: Agent;
  token: string;
}

async function connect(): Promise<ITarget> {
  const { Agent } = await import('undici');
  const agentOf = ({ socket }: DiscoveryFile): Agent =>
    new Agent({ connect: { socketPath: socket } });
  const answers = async (found: DiscoveryFile): Promise<boolean> => {
    const agent = agentOf(found);
    const isReady = await knowsToken(agent, found.token);
    await agent.close();
    return isReady;
  };
  const found = await discover();
  const service =
    'service' in found && (await answers(found.service))
      ? found.service
      : await startService(answers);
  return { agent: agentOf(service), token: service.token };
}

/** With the token: a service that starts anew listens at the same place before its discovery file is the new one. */
async function knowsToken(agent: Agent, token: string): Promise<boolean> {
  try {
    const { statusCode, body } = await agent.request({
      origin: ORIGIN,
      path: '/health',
      method: 'GET',
      headers: headersOf(token),
      signal: AbortSignal.timeout(READY_TIMEOUT_MS)
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    // Nobody there, or nobody who speaks HTTP: the service has to be started.
    return false;
  }
}

const headersOf = (token: string): Record<string, string> => ({
  [TOKEN_HEADER]: token,
  [CLIENT_HEADER]: `kernel:${process.pid}`
});

async function send(
  { agent, token }: ITarget,
  path: string,
  { method = 'GET', body, signal }: IRequest
): Promise<IAnswer> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const response = await agent.request({
      origin: ORIGIN,
      path,
      method,
      headers: {
        ...headersOf(token),
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout
    });
    return {
      status: response.statusCode,
      contentType: contentTypeOf(response),
      body: Buffer.from(await response.body.arrayBuffer())
    };
  } catch (error) {
    throw connectionFailure(error, signal, timeout);
  }
}

const contentTypeOf = ({ headers }: Dispatcher.ResponseData): string =>
  String(headers['content-type'] ?? '')
    .split(';')[0]
    .trim();

function withQuery(path: string, query: IRequest['query'] = {}): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value ?? []].flat()) {
      text.append(name, String(each));
    }
  }
  return text.size > 0 ? `${path}?${text}` : path;
}

function failure({ status, contentType, body }: IAnswer): DeepError {
  const text = body.toString('utf8');
  if (/[/+]json$/.test(contentType)) {
    return DeepError.fromProblem(JSON.parse(text) as Problem);
  }
  return new DeepError(
    'internal',
    `The DEEP service answered with HTTP ${status}.`,
    { technical: text.slice(0, 1000) }
  );
}

function connectionFailure(
  error: unknown,
  signal: AbortSignal | undefined,
  timeout: AbortSignal
): DeepError {
  if (signal?.aborted) {
    return new DeepError('cancelled', 'Cancelled.', { cause: error });
  }
  if (timeout.aborted) {
    return new DeepError(
      'timeout',
      `The DEEP service gave no answer within ${REQUEST_TIMEOUT_MS / 1000} s.`,
      { hint: 'Run `jupyter deep doctor`.', cause: error }
    );
  }
  return new DeepError(
    'service-unavailable',
    'The DEEP service closed the connection.',
    {
      hint: 'Run the cell again: the service is then started anew.',
      technical: (error as Error).message,
      cause: error
    }
  );
}

/** A service that started anew has another socket or token, and its old connections are dead. */
const AFTER_RESTART = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'UND_ERR_SOCKET'
];

function mayHaveRestarted(error: unknown): boolean {
  if (!(error instanceof DeepError)) {
    return false;
  }
  const { code } = (error.cause ?? {}) as { code?: string };
  return error.key === 'unauthorized' || AFTER_RESTART.includes(code ?? '');
}

/** The one connection of this process. */
export const service = new ServiceConnection();
