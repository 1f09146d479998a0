import {
  createServer,
  IncomingMessage,
  request,
  Server,
  ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request with what it was answered. */
export interface IRecord {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  status: number;
}

/** Stands between the client and a real server, passes everything on and writes it down. */
export class Recorder {
  readonly records: IRecord[] = [];
  /** Changes the path on its way to the server. */
  rewrite = (path: string): string => path;

  /** @param basePath What it takes off each path, as a proxy may. */
  static async before(server: string, basePath = ''): Promise<Recorder> {
    const recorder = new Recorder(new URL(server), basePath);
    await new Promise<void>(resolve =>
      recorder._server.listen(0, '127.0.0.1', resolve)
    );
    return recorder;
  }

  get endpoint(): string {
    const { port } = this._server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this._basePath}`;
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    await new Promise(resolve => this._server.close(resolve));
  }

  private constructor(
    private readonly _to: URL,
    private readonly _basePath: string
  ) {
    this._server = createServer(
      (asked, reply) => void this._pass(asked, reply)
    );
  }

  private async _pass(
    asked: IncomingMessage,
    reply: ServerResponse
  ): Promise<void> {
    const { method = '', url = '', headers } = asked;
    const body = Buffer.concat(await asked.toArray());
    const record: IRecord = {
      method,
      path: url,
      headers,
      body: body.toString('utf8'),
      status: 0
    };
    this.records.push(record);
    const { hostname, port } = this._to;
    const path = this.rewrite(url.slice(this._basePath.length));
    request({ hostname, port, method, path, headers }, answer => {
      record.status = answer.statusCode ?? 0;
      reply.writeHead(record.status, answer.headers);
      answer.pipe(reply);
    })
      // The server's own hanging up is passed on.
      .on('error', () => reply.destroy())
      .end(body);
  }

  private readonly _server: Server;
}
