import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { Duplex } from 'node:stream';
import type { AnyAuthMethod, Client, ClientChannel, ConnectConfig } from 'ssh2';
import ssh2 from 'ssh2';
import { DeepError } from '@jupyterlab-deep/protocol';
import { removeFile } from '../../../store/atomicFile';
import { IEngineAddress } from './engineAddress';
import { wayWords } from './engineFailure';
import { lookUpHost } from './knownHosts';

type ISshAddress = Extract<IEngineAddress, { kind: 'ssh' }>;

const READY_MS = 15_000;
const ALIVE_MS = 5_000;
const KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** One connection to another host: to its engine's socket, and to ports of modules on its loopback. No program is run there. */
export class SshTunnel {
  constructor(private readonly _address: ISshAddress) {}

  /** Reaches the engine. */
  get agent(): http.Agent {
    const agent = new http.Agent({ keepAlive: false });
    const connect = (
      _options: unknown,
      callback: (error: Error | null, stream?: Duplex) => void
    ): void => {
      this._openEngine().then(
        stream => callback(null, asSocket(stream)),
        (error: Error) => callback(error)
      );
    };
    return Object.assign(agent, { createConnection: connect });
  }

  /**
   * A socket here that leads to a port there.
   *
   * @returns the endpoint, the same for the same container and port.
   */
  async forward(
    container: string,
    port: number,
    folder: string
  ): Promise<string> {
    const known = this._forwards.get(container);
    if (known?.port === port) {
      return known.endpoint;
    }
    await this.unforward(container);
    const socket = path.join(folder, `${container.slice(0, 10)}.sock`);
    await removeFile(socket);
    const server = net.createServer(local => void this._carry(local, port));
    server.listen(socket);
    await once(server, 'listening');
    const endpoint = `unix:${socket}`;
    this._forwards.set(container, { port, endpoint, server });
    return endpoint;
  }

  async unforward(container: string): Promise<void> {
    this._forwards.get(container)?.server.close();
    this._forwards.delete(container);
  }

  async close(): Promise<void> {
    await Promise.all([...this._forwards.keys()].map(id => this.unforward(id)));
    const client = await this._client?.catch(() => undefined);
    client?.end();
    this._client = undefined;
  }

  private async _carry(local: net.Socket, port: number): Promise<void> {
    local.on('error', () => local.destroy());
    try {
      const client = await this._connected();
      const remote = await new Promise<ClientChannel>((resolve, reject) =>
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, stream) =>
          error ? reject(error) : resolve(stream)
        )
      );
      remote.on('error', () => local.destroy());
      remote.on('close', () => local.destroy());
      local.on('close', () => remote.destroy());
      local.pipe(remote).pipe(local);
    } catch {
      // Whoever asks sees that nothing answers, and the engine's next look says why.
      local.destroy();
    }
  }

  private async _openEngine(): Promise<ClientChannel> {
    const client = await this._connected();
    return new Promise((resolve, reject) =>
      client.openssh_forwardOutStreamLocal(
        this._address.socket,
        (error, stream) =>
          error ? reject(noSocket(this._address, error)) : resolve(stream)
      )
    );
  }

  private _connected(): Promise<Client> {
    this._client ??= this._connect().catch(error => {
      this._client = undefined;
      throw error;
    });
    return this._client;
  }

  private async _connect(): Promise<Client> {
    const client = new ssh2.Client();
    const forget = (): void => (this._client = undefined);
    const verdict: { refusal?: DeepError } = {};
    const config = await this._config(verdict);
    const ready = Promise.withResolvers<void>();
    client
      .on('ready', () => ready.resolve())
      .on('error', error => ready.reject(verdict.refusal ?? error))
      .on('close', forget)
      .connect(config);
    try {
      await ready.promise;
    } catch (error) {
      client.end();
      throw error instanceof DeepError
        ? error
        : unreached(this._address, error as Error);
    }
    return client;
  }

  private async _config(verdict: {
    refusal?: DeepError;
  }): Promise<ConnectConfig> {
    const { host, port, user, keyFile, knownHostsFile } = this._address;
    const folder = path.join(homedir(), '.ssh');
    const known = knownHostsFile ?? path.join(folder, 'known_hosts');
    const username = user || userInfo().username;
    const files = keyFile
      ? [keyFile]
      : KEYS.map(name => path.join(folder, name));
    const keys = await Promise.all(
      files.map(file => readFile(file).catch(() => undefined))
    );
    const agent = process.env.SSH_AUTH_SOCK;
    const offered = keys.flatMap((key): AnyAuthMethod[] =>
      key ? [{ type: 'publickey', username, key }] : []
    );
    const byAgent: AnyAuthMethod[] = agent
      ? [{ type: 'agent', username, agent }]
      : [];
    return {
      host,
      port,
      username,
      readyTimeout: READY_MS,
      keepaliveInterval: ALIVE_MS,
      // The forwarding of sockets is OpenSSH's; other servers that have it say so by taking it.
      strictVendor: false,
      authHandler: [...offered, ...byAgent],
      hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => {
        void lookUpHost(known, host, port, key).then(found => {
          verdict.refusal =
            found === 'same'
              ? undefined
              : untrusted(this._address, found, known);
          verify(found === 'same');
        });
      }
    };
  }

  private _client?: Promise<Client>;
  private readonly _forwards = new Map<
    string,
    { port: number; endpoint: string; server: net.Server }
  >();
}

/** What `http` asks of a socket and a channel has not. */
const asSocket = (stream: ClientChannel): Duplex =>
  Object.assign(stream, {
    setKeepAlive: () => stream,
    setNoDelay: () => stream,
    setTimeout: () => stream,
    ref: () => stream,
    unref: () => stream
  }) as unknown as Duplex;

const noSocket = (
  { host, socket, text }: ISshAddress,
  cause: Error
): DeepError =>
  new DeepError(
    'target-unreachable',
    `The container engine at ${text} could not be asked: ${host} has no engine at ${socket}, or this user may not open it.`,
    {
      hint: 'Name its socket in the address: ssh://user@host/run/user/1000/podman/podman.sock.',
      technical: cause.message,
      cause
    }
  );

function unreached({ text }: ISshAddress, error: Error): DeepError {
  const [why, hint] = wayWords(error);
  return new DeepError(
    'target-unreachable',
    `The container engine at ${text} could not be asked: ${why}.`,
    { hint, technical: error.message, cause: error }
  );
}

const untrusted = (
  { host, text }: ISshAddress,
  found: 'other' | 'none',
  file: string
): DeepError =>
  new DeepError(
    'target-unreachable',
    found === 'none'
      ? `The container engine at ${text} could not be asked: ${host} is not among the known hosts in ${file}.`
      : `The container engine at ${text} could not be asked: ${host} has another key than ${file} says. Somebody may stand between.`,
    {
      hint:
        found === 'none'
          ? 'Connect to it once by `ssh` and look at its key.'
          : 'Ask whoever runs that host before you change the file.'
    }
  );
