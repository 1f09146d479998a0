import { ReadableStream } from 'node:stream/web';
import type { DeepEvent, Health } from '@jupyterlab-deep/protocol';
import { ServerConnection } from '@jupyterlab/services';

const BASE_URL = 'http://localhost:8888/';

/** A request as the stand-in saw it. */
export interface ISeenRequest {
  method: string;

  /** Below `deep/`, with its query. */
  path: string;
  headers: Headers;
  body: unknown;
}

type Answer = Response | object;
type Route = (request: ISeenRequest) => Answer | Promise<Answer>;

/** jsdom's signals are refused by Node's own Request. */
class PlainRequest {
  constructor(
    readonly url: string,
    init: RequestInit
  ) {
    this.method = init.method ?? 'GET';
    this.headers = new Headers(init.headers);
    this.body = init.body;
    this.signal = init.signal ?? null;
  }

  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal | null;
}

/**
 * Stands in for Jupyter with the service behind it, by endpoint.
 * It streams events as the service does: an id first, then what `publish` is given.
 */
export class StandInServer {
  constructor(routes: Record<string, Route> = {}) {
    this.routes = { 'GET health': () => HEALTH, ...routes };
  }

  /** By `METHOD path`, the path without its query. */
  readonly routes: Record<string, Route>;
  readonly seen: ISeenRequest[] = [];

  /** While set, Jupyter itself is away. */
  isDown = false;

  readonly settings = ServerConnection.makeSettings({
    baseUrl: BASE_URL,
    Request: PlainRequest as unknown as typeof Request,
    fetch: ((request: PlainRequest) =>
      this._answer(request)) as unknown as typeof fetch
  });

  /** Requests of a method and path, without its query. */
  requestsOf(method: string, path: string): ISeenRequest[] {
    return this.seen.filter(
      request =>
        request.method === method && request.path.split('?')[0] === path
    );
  }

  publish({ event, data }: DeepEvent): void {
    this._lastId += 1;
    this.send(
      `id: boot-${this._lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    );
  }

  /** Send bytes of a stream as they are. */
  send(text: string): void {
    const bytes = new Uint8Array(Buffer.from(text));
    this._streams.forEach(stream => stream.enqueue(bytes));
  }

  /** End the streams, as a service does that goes away. */
  closeStreams(): void {
    this._streams.splice(0).forEach(stream => stream.close());
  }

  get openStreams(): number {
    return this._streams.length;
  }

  private async _answer(request: PlainRequest): Promise<Response> {
    const { method, url, headers, body } = request;
    const path = url.slice(`${BASE_URL}deep/`.length);
    const json = typeof body === 'string' ? JSON.parse(body) : body;
    const seen = { method, path, headers, body: json };
    this.seen.push(seen);
    await Promise.resolve();
    if (this.isDown) {
      throw new TypeError('fetch failed');
    }
    const key = `${method} ${path.split('?')[0]}`;
    if (key === 'GET events' && !this.routes[key]) {
      return this._stream();
    }
    const answer = await this.routes[key]?.(seen);
    if (answer === undefined) {
      return new Response('{"message": "Not Found"}', { status: 404 });
    }
    return answer instanceof Response
      ? answer
      : new Response(JSON.stringify(answer));
  }

  private _stream(): Response {
    const body = new ReadableStream({
      start: controller => {
        this._streams.push(controller);
      }
    });
    const response = new Response(body as never);
    this.send(`id: boot-${this._lastId}\n\n`);
    return response;
  }

  private readonly _streams: Array<{
    enqueue(bytes: Uint8Array): void;
    close(): void;
  }> = [];
  private _lastId = 0;
}

/** A refusal as the service words it. */
export function refuse(
  key: string,
  status: number,
  detail: string,
  more: object = {}
): Response {
  const type = `urn:jupyterlab-deep:${key}`;
  const problem = { type, title: key, status, detail, ...more };
  return new Response(JSON.stringify(problem), { status });
}

export const HEALTH: Health = {
  status: 'ok',
  version: '0.1.0',
  pid: 42,
  node: 'v24.0.0',
  platform: 'linux-x64',
  startedAt: '2026-01-01T10:00:00.000Z',
  uptimeS: 65,
  memoryBytes: 60_000_000,
  store: {
    path: '/home/ada/.local/share/jupyter/deep',
    schema: 1,
    sizeBytes: 10_000,
    freeBytes: 5_000_000_000
  },
  machine: {
    host: 'desk',
    cpus: 2,
    memoryBytes: 4_000_000_000,
    gpus: []
  },
  active: { runs: 0, deployments: 0, keepAwake: false }
};
