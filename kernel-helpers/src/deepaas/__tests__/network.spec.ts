import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { AddressInfo, connect, Server } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { ModuleClient } from '..';
import { StandIn } from './standIn';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe('the way to a module', () => {
  let module: StandIn;
  const servers: http.Server[] = [];
  const clients: ModuleClient[] = [];

  beforeEach(async () => {
    module = await StandIn.start();
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map(client => client.close()));
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await module.stop();
  });

  /** Passes on to the module, on TCP or TLS. */
  const serve = async (
    listener: http.RequestListener = forward,
    tls?: https.ServerOptions
  ): Promise<number> => {
    const server = tls
      ? https.createServer(tls, listener)
      : http.createServer(listener);
    servers.push(server as http.Server);
    return portOf(server);
  };

  const forward: http.RequestListener = (request, response) => {
    const { method, headers, url = '' } = request;
    const to = url.replace(/^https?:\/\/[^/]+/, '');
    const { socket: socketPath } = module;
    request.pipe(
      http.request({ socketPath, path: to, method, headers }, answer => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      })
    );
  };

  const clientOf = (options: ModuleClient.IOptions): ModuleClient => {
    const client = new ModuleClient(options);
    clients.push(client);
    return client;
  };

  withOpenssl(
    `with TLS${hasOpenssl ? '' : ' (skipped: needs openssl)'}`,
    () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'deep-'));
      let tls: { key: string; cert: string };

      beforeAll(() => {
        const [key, cert] = ['key.pem', 'cert.pem'].map(name =>
          path.join(folder, name)
        );
        const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
        const names = [
          '-subj',
          '/CN=own',
          '-addext',
          'subjectAltName=IP:127.0.0.1'
        ];
        const files = ['-keyout', key, '-out', cert];
        execFileSync(
          'openssl',
          ['req', '-x509', '-nodes', '-days', '2', ...kind, ...names, ...files],
          { stdio: 'ignore' }
        );
        tls = {
          key: readFileSync(key, 'utf8'),
          cert: readFileSync(cert, 'utf8')
        };
      });

      afterAll(() => rmSync(folder, { recursive: true, force: true }));

      it('trusts an own authority where it is named, and nowhere else', async () => {
        const endpoint = `https://127.0.0.1:${await serve(forward, tls)}`;
        const trusting = clientOf({ endpoint, ca: tls.cert });
        expect((await trusting.predict({}, {})).value).toEqual({});
        const other = clientOf({ endpoint });
        await expect(other.describe()).rejects.toMatchObject({
          key: 'module-unreachable',
          detail: expect.stringContaining('certificate is not trusted'),
          hint: expect.stringContaining('network.caFile')
        });
      });

      it('refuses an authority that is none', () => {
        const endpoint = 'https://127.0.0.1:1';
        expect(() => new ModuleClient({ endpoint, ca: 'no PEM' })).toThrow(
          'not a certificate'
        );
      });
    }
  );

  it('says that a server does not speak https', async () => {
    const endpoint = `https://127.0.0.1:${await serve()}`;
    await expect(clientOf({ endpoint }).describe()).rejects.toMatchObject({
      detail: expect.stringContaining('does not speak https')
    });
  });

  it('follows no redirect to another address, and says where it leads', async () => {
    const elsewhere = jest.fn();
    const target = `http://127.0.0.1:${await serve(elsewhere)}/v2/models/standin/predict/`;
    const endpoint = `http://127.0.0.1:${await serve()}`;
    module.onPredict = (_, response) =>
      response.writeHead(308, { location: `${target}?key=hidden` }).end();
    for (const token of [undefined, 'secret']) {
      const error = await clientOf({ endpoint, token })
        .predict({}, {})
        .catch(failure => failure);
      expect(error.key).toBe('module-unreachable');
      expect(error.detail).toContain(`another address: ${target}`);
      expect(error.detail).not.toContain('hidden');
    }
    expect(elsewhere).not.toHaveBeenCalled();
  });

  it('does not take its token along on any redirect', async () => {
    module.onPredict = (request, response) =>
      response.writeHead(308, { location: `${request.url}again/` }).end();
    const { endpoint } = module;
    const client = clientOf({ endpoint, token: 'secret' });
    await expect(client.predict({}, {})).rejects.toThrow('another address');
    expect(module.received).toHaveLength(1);
  });

  it('ends a circle of redirects', async () => {
    module.onPredict = (request, response) =>
      response.writeHead(308, { location: request.url }).end();
    const client = clientOf({ endpoint: module.endpoint });
    await expect(client.predict({}, {})).rejects.toThrow('another address');
    expect(module.received).toHaveLength(4);
  });

  describe('with a proxy', () => {
    const before = { ...process.env };
    const asked: string[] = [];

    beforeEach(async () => {
      asked.splice(0);
      const proxy = http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        forward(request, response);
      });
      proxy.on('connect', (request, socket, head) => {
        asked.push(`CONNECT ${request.url}`);
        const to = connect(module.socket, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          to.write(head);
          to.pipe(socket).pipe(to);
        });
      });
      servers.push(proxy);
      process.env.http_proxy = `http://127.0.0.1:${await portOf(proxy)}`;
      process.env.HTTP_PROXY = process.env.http_proxy;
      delete process.env.no_proxy;
      delete process.env.NO_PROXY;
    });

    afterEach(() => {
      process.env = { ...before };
    });

    it('asks it for control calls and bulk of other machines', async () => {
      const client = clientOf({ endpoint: 'http://module.invalid:5000' });
      expect((await client.predict({}, {})).value).toEqual({});
      expect(asked.length).toBeGreaterThanOrEqual(3);
      expect(asked.every(each => each.includes('module.invalid:5000'))).toBe(
        true
      );
    });

    it('does not ask it for this machine', async () => {
      const endpoint = `http://127.0.0.1:${await serve()}`;
      await clientOf({ endpoint }).predict({}, {});
      expect(asked).toEqual([]);
    });
  });
});
