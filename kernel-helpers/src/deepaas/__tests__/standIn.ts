import {
  createServer,
  IncomingMessage,
  Server,
  ServerResponse
} from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const SWAGGER = {
  swagger: '2.0',
  paths: {
    '/v2/models/standin/predict/': {
      post: {
        parameters: [
          { in: 'formData', name: 'image', type: 'file', required: false },
          { in: 'query', name: 'options', type: 'object', required: false },
          {
            in: 'query',
            name: 'accept',
            type: 'string',
            default: 'application/json',
            enum: ['application/json', 'image/*', '*/*']
          }
        ],
        produces: ['application/json', 'image/*', '*/*']
      }
    }
  }
};

const LIST = {
  models: [{ id: '0', links: [{ rel: 'self', href: '/v2/models/standin' }] }]
};

/** A stand-in for a module that describes itself well and whose predict does what a test wants, on a unix socket. */
export class StandIn {
  /** What predict does. */
  onPredict: Answer = (_, response) => response.end('{}');
  /** Called with the head of a request, before its body is read; whoever returns false reads the body or leaves it. */
  onHead: (
    request: IncomingMessage,
    response: ServerResponse
  ) => Promise<boolean> = async () => true;
  /** Documents by path; a test may spoil them. */
  documents: Record<string, string> = {
    '/swagger.json': JSON.stringify(SWAGGER),
    '/v2/models/': JSON.stringify(LIST),
    '/v2/models/standin/': JSON.stringify(LIST.models[0])
  };
  /** Requests of predict with their bodies. */
  readonly received: { headers: IncomingMessage['headers']; body: string }[] =
    [];

  static async start(): Promise<StandIn> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'deep-'));
    const standIn = new StandIn(folder);
    await new Promise<void>(resolve =>
      standIn._server.listen(standIn.socket, resolve)
    );
    return standIn;
  }

  get socket(): string {
    return path.join(this._folder, 'm.sock');
  }

  get endpoint(): string {
    return `unix:${this.socket}`;
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    await new Promise(resolve => this._server.close(resolve));
    await rm(this._folder, { recursive: true, force: true });
  }

  private constructor(private readonly _folder: string) {
    this._server = createServer((request, response) => {
      const document = this.documents[request.url ?? ''];
      if (document !== undefined) {
        response.setHeader('content-type', 'application/json').end(document);
      } else {
        // A caller that hangs up while it sends is none of this server's troubles.
        this._predict(request, response).catch(() => response.destroy());
      }
    });
  }

  private async _predict(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    if (!(await this.onHead(request, response))) {
      return;
    }
    let body = '';
    for await (const piece of request) {
      body += piece;
    }
    this.received.push({ headers: request.headers, body });
    this.onPredict(request, response);
  }

  private readonly _server: Server;
}
