import http, { RequestListener } from 'node:http';
import https from 'node:https';
import { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** A server on this machine that answers as a test wants, and remembers what it was asked. */
export class Loopback {
  /** @param port That of one that was stopped, to come back at the same address. */
  static async start(
    answer: RequestListener,
    { tls, port = 0 }: { tls?: https.ServerOptions; port?: number } = {}
  ): Promise<Loopback> {
    const loopback = new Loopback(answer, tls);
    await new Promise<void>(resolve =>
      loopback._server.listen(port, '127.0.0.1', resolve)
    );
    return loopback;
  }

  private constructor(
    public answer: RequestListener,
    private readonly _tls?: https.ServerOptions
  ) {
    const listen: RequestListener = (request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      this.headers.push(request.headers);
      this.answer(request, response);
    };
    this._server = _tls
      ? https.createServer(_tls, listen)
      : http.createServer(listen);
  }

  readonly asked: string[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];

  get port(): number {
    return (this._server.address() as AddressInfo).port;
  }

  /** Without scheme. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `${this._tls ? 'https' : 'http'}://${this.host}`;
  }

  countConnections(): Promise<number> {
    return promisify(this._server.getConnections.bind(this._server))();
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    await new Promise(resolve => this._server.close(resolve));
  }

  private readonly _server: http.Server;
}

interface IModelOptions {
  basePath?: string;
  metadata?: object;
}

/** A stand-in for DEEPaaS that describes its models as the original does; predict answers with what it was sent. */
export function standIn(
  names: string[],
  { basePath = '', metadata = {} }: IModelOptions = {}
): RequestListener {
  const about = (name: string): object => ({
    id: '0',
    name,
    links: [{ rel: 'self', href: `${basePath}/v2/models/${name}` }],
    ...metadata
  });
  const documents: Record<string, object> = {
    '/swagger.json': { swagger: '2.0', paths: pathsOf(names) },
    '/v2/models/': { models: names.map(about) }
  };
  names.forEach(name => (documents[`/v2/models/${name}/`] = about(name)));
  return (request, response) => {
    const path = (request.url ?? '').slice(basePath.length);
    const found = documents[path];
    if (request.method === 'POST') {
      response.setHeader('content-type', 'application/json');
      request.pipe(response);
    } else if (found && request.url?.startsWith(basePath)) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(found));
    } else {
      response.statusCode = 404;
      response.end('404: Not Found');
    }
  };
}

const pathsOf = (names: string[]): object =>
  Object.fromEntries(
    names.map(name => [
      `/v2/models/${name}/predict/`,
      {
        post: {
          produces: ['application/json'],
          parameters: [
            {
              in: 'formData',
              name: 'image',
              type: 'file',
              description: 'An image'
            },
            { in: 'query', name: 'top_k', type: 'integer', maximum: 10 }
          ]
        }
      }
    ])
  );
