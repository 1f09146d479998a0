import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { AddressInfo } from 'node:net';
import path from 'node:path';
import ssh2 from 'ssh2';
import { until } from '../../../../__tests__/home';
import { Loopback, standIn } from '../../../__tests__/loopback';
import { Engine } from '../engine';
import { parseEngineAddress } from '../engineAddress';

/** A host with an engine: a real SSH server that forwards sockets and ports as OpenSSH does; the engine is a stand-in. */
describe('an engine on another host, by SSH', () => {
  let folder: string;
  let engineServer: http.Server;
  let host: InstanceType<typeof ssh2.Server>;
  let hostKey: ReturnType<typeof makeKey>;
  let userKey: ReturnType<typeof makeKey>;
  let engine: Engine;
  let tried: string[];
  let clients: ssh2.Connection[];
  const signal = new AbortController().signal;

  const makeKey = () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' }
    });
    const parsed = ssh2.utils.parseKey(privateKey);
    const { getPublicSSH } = parsed as ssh2.ParsedKey;
    return { privateKey, publicSsh: getPublicSSH.call(parsed) };
  };

  const at = (name: string): string => path.join(folder, name);
  const port = (): number =>
    ((host as unknown as net.Server).address() as AddressInfo).port;

  beforeEach(async () => {
    folder = mkdtempSync('/tmp/ds-');
    tried = [];
    clients = [];
    [hostKey, userKey] = [makeKey(), makeKey()];
    engineServer = http.createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const isVersion = request.url?.includes('version');
      response.end(
        JSON.stringify(
          isVersion
            ? { Version: '1.2.3', ApiVersion: '1.41' }
            : { NCPU: 3, MemTotal: 4e9 }
        )
      );
    });
    engineServer.listen(at('engine.sock'));
    host = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, serve);
    host.listen(0, '127.0.0.1');
    await until(() => (host as unknown as net.Server).address());
    writeFileSync(at('key'), userKey.privateKey, { mode: 0o600 });
    know(hostKey.publicSsh);
    engine = new Engine(
      parseEngineAddress(`ssh://lab@127.0.0.1:${port()}${at('engine.sock')}`, {
        keyFile: at('key'),
        knownHostsFile: at('known')
      })
    );
  });

  afterEach(async () => {
    await engine.close();
    clients.forEach(client => client.end());
    host.close();
    engineServer.closeAllConnections();
    engineServer.close();
    rmSync(folder, { recursive: true });
  });

  function know(key: Buffer): void {
    const name = `[127.0.0.1]:${port()}`;
    writeFileSync(at('known'), `${name} ssh-rsa ${key.toString('base64')}\n`);
  }

  const serve = (client: ssh2.Connection): void => {
    clients.push(client);
    client.on('authentication', context => {
      tried.push(context.method);
      const isKnown =
        context.method === 'publickey' &&
        context.key.data.equals(userKey.publicSsh);
      return isKnown ? context.accept() : context.reject(['publickey']);
    });
    client.on('ready', () => {
      const forward =
        (to: (info: Record<string, never>) => net.Socket) =>
        (accept: () => ssh2.ServerChannel, _: unknown, info: object) => {
          const channel = accept();
          const socket = to(info as Record<string, never>);
          socket.on('error', () => channel.end());
          channel.pipe(socket).pipe(channel);
        };
      client.on(
        'openssh.streamlocal',
        forward(({ socketPath }) => net.connect(socketPath)) as never
      );
      client.on(
        'tcpip',
        forward(({ destPort }) => net.connect(destPort, '127.0.0.1')) as never
      );
    });
    client.on('error', () => undefined);
  };

  it('is asked through its socket, by key and never by password', async () => {
    expect(await engine.about(signal)).toMatchObject({
      name: 'Docker 1.2.3',
      cpus: 3
    });
    expect(tried).not.toContain('password');
  });

  it('leads to modules on its loopback by a socket here', async () => {
    const module = await Loopback.start(standIn(['plants']));
    const tunnel = await engine.tunnel();
    const endpoint = await tunnel!.forward('c0ffee0000', module.port, folder);
    expect(await tunnel!.forward('c0ffee0000', module.port, folder)).toBe(
      endpoint
    );
    const socketPath = endpoint.replace('unix:', '');
    const status = await new Promise(resolve =>
      http.get({ socketPath, path: '/v2/models/', agent: false }, response =>
        resolve(response.resume().statusCode)
      )
    );
    expect(status).toBe(200);
    await module.stop();
  });

  it('is refused when its host is not known, or has another key than it had', async () => {
    writeFileSync(at('known'), '');
    await expect(engine.about(signal)).rejects.toMatchObject({
      key: 'target-unreachable',
      detail: expect.stringContaining('is not among the known hosts')
    });
    know(userKey.publicSsh);
    await expect(engine.about(signal)).rejects.toMatchObject({
      detail: expect.stringContaining('has another key')
    });
    expect(tried).toEqual([]);
    know(hostKey.publicSsh);
    expect((await engine.about(signal)).api).toBe('1.41');
  });

  it('says that its host refused the keys of this user', async () => {
    writeFileSync(at('key'), makeKey().privateKey);
    await expect(engine.about(signal)).rejects.toMatchObject({
      key: 'target-unreachable',
      detail: expect.stringContaining('refused the keys')
    });
  });

  it('says that there is no engine at its socket', async () => {
    const none = new Engine(
      parseEngineAddress(`ssh://lab@127.0.0.1:1/none.sock`, {
        keyFile: at('key'),
        knownHostsFile: at('known')
      })
    );
    await expect(none.about(signal)).rejects.toMatchObject({
      key: 'target-unreachable',
      detail: expect.stringContaining('nothing listens there')
    });
  });
});
