import { once } from 'node:events';
import http from 'node:http';
import { AddressInfo } from 'node:net';

/** What stands in the hub for its users. */
export interface IHubUser {
  authState: Record<string, unknown> | null;
}

/**
 * A stand-in of JupyterHub's API, as measured: `users/<name>` gives `auth_state` to a token that has the scope, `user` gives none, and
 * tokens that it does not know are refused.
 */
export class HubStandIn {
  static async start(): Promise<HubStandIn> {
    const hub = new HubStandIn();
    hub._server.listen(0, '127.0.0.1');
    await once(hub._server, 'listening');
    return hub;
  }

  private constructor() {
    this._server = http.createServer((request, response) => {
      this.asked += 1;
      const isKnown = request.headers.authorization === `token ${this.token}`;
      const [, name] = /^\/base\/hub\/api\/users\/([^/]+)$/.exec(
        request.url ?? ''
      ) ?? ['', ''];
      const user = this.users.get(decodeURIComponent(name));
      if (this.status !== 200 || !isKnown || !user) {
        response.statusCode =
          this.status !== 200 ? this.status : isKnown ? 404 : 403;
        response.end('{}');
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, auth_state: user.authState }));
    });
  }

  /** The token of a running Jupyter; another one after its restart. */
  token = 'hub-token-1';
  status = 200;
  asked = 0;
  readonly users = new Map<string, IHubUser>();

  get url(): string {
    const { port } = this._server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/base/hub/api`;
  }

  async close(): Promise<void> {
    this._server.closeAllConnections();
    this._server.close();
    await once(this._server, 'close');
  }

  private readonly _server: http.Server;
}
