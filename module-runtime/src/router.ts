import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type IModule, metadataOf } from './module';
import { apiPage } from './page';
import { predict } from './predict';
import { send, sendJson, sendStatus } from './replies';
import { swaggerOf } from './swagger';
import { trainingRoutes } from './training/routes';

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams
) => void | Promise<void>;

/** Handlers of one path by method. */
export type Methods = Record<string, Handler>;

const VERSION = {
  version: 'stable',
  id: 'v2',
  links: [{ rel: 'self', type: 'application/json', href: '/v2/' }]
};

const VERSIONS = {
  versions: [VERSION],
  links: [
    { rel: 'help', type: 'text/html', href: '/api' },
    { rel: 'describedby', type: 'application/json', href: '/swagger.json' }
  ]
};

const json =
  (value: unknown): Handler =>
  (_request, response) =>
    sendJson(response, 200, value);

function routesOf(module: IModule): Map<string, Methods> {
  const metadata = metadataOf(module);
  const base = `/v2/models/${module.name}/`;
  return new Map<string, Methods>([
    ['/', { GET: json(VERSIONS) }],
    ['/swagger.json', { GET: json(swaggerOf(module)) }],
    [
      '/api',
      {
        GET: (_request, response) =>
          send(response, 200, 'text/html; charset=utf-8', apiPage(module))
      }
    ],
    [
      '/ui',
      {
        GET: (_request, response) =>
          sendStatus(response, 302, { Location: '/api' })
      }
    ],
    ['/v2/', { GET: json(VERSION) }],
    ['/v2/models/', { GET: json({ models: [metadata] }) }],
    [
      '/v2/debug/',
      { GET: (_request, response) => void response.writeHead(204).end() }
    ],
    [base, { GET: json(metadata) }],
    [
      `${base}predict/`,
      {
        POST: (request, response, query) =>
          predict(module, request, response, query)
      }
    ],
    ...trainingRoutes(module, `${base}train/`)
  ]);
}

/** Finds the handler of a request as aiohttp does: slashes are added or merged when that leads somewhere. */
export class Router {
  constructor(module: IModule) {
    this._routes = routesOf(module);
    this._trainings = `/v2/models/${module.name}/train/`;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    const [path, search = ''] = splitUrl(request.url!);
    const methods = this._find(path);
    const handler = methods?.[request.method!];
    if (handler) {
      return handler(request, response, new URLSearchParams(search));
    }
    request.resume();
    const corrected = this._correct(path, request.method!);
    if (corrected) {
      const location = search ? `${corrected}?${search}` : corrected;
      sendStatus(response, 308, { Location: location });
    } else if (methods) {
      const allow = Object.keys(methods).sort().join(',');
      sendStatus(response, 405, { Allow: allow });
    } else {
      sendStatus(response, 404);
    }
  }

  private _find(raw: string): Methods | undefined {
    const path = decoded(raw);
    if (!path.startsWith(this._trainings)) {
      return this._routes.get(path);
    }
    const [uuid, ...rest] = path.slice(this._trainings.length).split('/');
    const below = [uuid && '{uuid}', ...rest].join('/');
    return this._routes.get(this._trainings + below);
  }

  private _correct(path: string, method: string): string | undefined {
    const merged = path.replace(/\/\/+/g, '/');
    return [merged, `${path}/`, `${merged}/`].find(
      candidate => this._find(candidate)?.[method]
    );
  }

  private readonly _routes: Map<string, Methods>;
  private readonly _trainings: string;
}

/** Names may come with escapes; damaged ones belong to no path. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function splitUrl(url: string): [string, string?] {
  const at = url.indexOf('?');
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}
