/** A stand-in for a DEEPaaS server with a detector, on loopback: it answers predict by the argument `form`. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const NAME = 'detector';
const PATH = `/v2/models/${NAME}`;

type Reply = { contentType: string; body: string | Buffer };

export class DetectorServer {
  /** @param replies What predict answers, by the value of `form`. */
  constructor(private readonly _replies: Record<string, Reply>) {}

  get address(): string {
    const { port } = this._server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>(resolve =>
      this._server.listen(0, '127.0.0.1', resolve)
    );
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    await new Promise(resolve => this._server.close(resolve));
  }

  private _answer(url: string, body: string, response: ServerResponse): void {
    const json = (value: unknown) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(value));
    switch (url.split('?')[0]) {
      case '/swagger.json':
        return void json(this._swagger());
      case '/v2/models/':
        return void json({ models: [description()] });
      case `${PATH}/`:
        return void json(description());
      case `${PATH}/predict/`: {
        const form = /name="form"\r\n\r\n([\w-]+)/.exec(body)?.[1];
        const reply = this._replies[form ?? Object.keys(this._replies)[0]];
        return void response
          .setHeader('content-type', reply.contentType)
          .end(reply.body);
      }
      default:
        return void response.writeHead(404).end();
    }
  }

  private _swagger(): object {
    const forms = Object.keys(this._replies);
    const parameters = [
      { in: 'formData', name: 'image', type: 'file', required: true },
      { in: 'query', name: 'form', type: 'string', enum: forms, default: forms[0] } // prettier-ignore
    ];
    const post = { parameters, produces: ['application/json'] };
    return {
      swagger: '2.0',
      info: {},
      paths: { [`${PATH}/predict/`]: { post } }
    };
  }

  private readonly _server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', piece => pieces.push(piece));
    request.on('end', () =>
      this._answer(
        request.url ?? '',
        Buffer.concat(pieces).toString('latin1'),
        response
      )
    );
  });
}

const description = () => ({
  id: '0',
  name: 'Detector',
  description: 'A stand-in that finds what it is told to find.',
  links: [{ rel: 'self', href: PATH }]
});
