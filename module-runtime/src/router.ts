import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type IModule, metadataOf } from './module';
import { apiPage } from './page';
import { predict } from './predict';
import { send, sendJson, sendStatus } from './replies';
import { swaggerOf } from './swagger';

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams
) => void | Promise<void>;

/** Handlers of one path by method. */
type Methods = Record<string, Handler>;

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

const notFound: Handler = (_request, response) => sendStatus(response, 404);

function routesOf(module: IModule): Map<string, Methods> {
  const metadata = metadataOf(module);
  const base = `/v2/models/${module.name}/`;
  const reason = `Not implemented by underlying model (loaded '${module.name}')`;
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
    [
      `${base}train/`,
      {
        GET: json([]),
        POST: (_request, response) => sendStatus(response, 501, {}, reason)
      }
    ],
    // There never is a training.
    [`${base}train/{uuid}`, { GET: notFound, DELETE: notFound }]
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
    const uuid = path.slice(this._trainings.length);
    const isTraining =
      path.startsWith(this._trainings) && uuid !== '' && !uuid.includes('/');
    return this._routes.get(isTraining ? `${this._trainings}{uuid}` : path);
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
