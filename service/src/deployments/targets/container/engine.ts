import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type Docker from 'dockerode';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IEngineAddress } from './engineAddress';
import { engineFailure } from './engineFailure';
import type { SshTunnel } from './sshTunnel';

/** How long the engine may take for what it has in its head. */
const ASK_MS = 20_000;

/** What an engine says of itself. */
export interface IEngineAbout {
  /** `Podman 4.3.1` */
  name: string;
  isPodman: boolean;
  api: string;
  cpus: number;
  memoryBytes: number;
  /** It can give GPUs to containers. */
  hasGpus: boolean;
}

/** One engine with the API of Docker, wherever it is. */
export class Engine {
  constructor(readonly address: IEngineAddress) {}

  /** Whether it runs on this machine, and sees its folders. */
  get isLocal(): boolean {
    return this.address.kind === 'unix';
  }

  /**
   * Ask it something.
   *
   * @param doing For people: `starting the container`.
   * @param call Gets the client and a signal.
   * @throws DeepError `target-unreachable`, `target-refused`, `no-space`, `cancelled`
   */
  async ask<T>(
    doing: string,
    signal: AbortSignal,
    call: (docker: Docker, signal: AbortSignal) => Promise<T>,
    timeoutMs = ASK_MS
  ): Promise<T> {
    try {
      const limit = AbortSignal.timeout(timeoutMs);
      return await call(await this._client(), AbortSignal.any([signal, limit]));
    } catch (error) {
      throw engineFailure(error, this.title, doing);
    }
  }

  /** The same of what may take as long as it likes; whoever gives it up is told so. */
  async work<T>(
    doing: string,
    signal: AbortSignal,
    call: (docker: Docker) => Promise<T>
  ): Promise<T> {
    try {
      return await call(await this._client());
    } catch (error) {
      throw engineFailure(error, this.title, doing, signal);
    }
  }

  /** For people, with its address. */
  get title(): string {
    return `${this._about?.name ?? 'The container engine'} at ${this.address.text}`;
  }

  /** @throws DeepError `target-unreachable`, `target-refused` */
  async about(signal: AbortSignal): Promise<IEngineAbout> {
    this._about ??= await this.ask('its version', signal, readAbout);
    return this._about;
  }

  /** Asked anew. @throws DeepError `target-unreachable`, `target-refused` */
  async refresh(signal: AbortSignal): Promise<IEngineAbout> {
    this._about = await this.ask('its version', signal, readAbout);
    return this._about;
  }

  /** Whether it answers: engines take long to say what they have, and it seldom changes. @throws DeepError as `about` */
  async reach(signal: AbortSignal): Promise<IEngineAbout> {
    if (this._about) {
      await this.ask('its version', signal, (docker, abortSignal) =>
        (docker as unknown as IAsked).ping({ abortSignal })
      );
    }
    return this.about(signal);
  }

  /** The way to its host. */
  async tunnel(): Promise<SshTunnel | undefined> {
    const { address } = this;
    if (address.kind !== 'ssh') {
      return undefined;
    }
    const { SshTunnel } = await import('./sshTunnel');
    return (this._tunnel ??= new SshTunnel(address));
  }

  async close(): Promise<void> {
    await this._tunnel?.close();
  }

  private async _client(): Promise<Docker> {
    return (this._docker ??= await this._connect());
  }

  private async _connect(): Promise<Docker> {
    // Some megabytes that a service without containers does not need.
    const { default: Client } = await import('dockerode');
    const { address } = this;
    // What the environment says of Docker is among the choices already: here it may not add to them.
    const bare = {
      host: undefined,
      port: undefined,
      protocol: 'http' as const,
      pathPrefix: '/',
      ca: undefined,
      cert: undefined,
      key: undefined,
      timeout: 0
    };
    if (address.kind === 'unix') {
      return new Client({ ...bare, socketPath: address.socket });
    }
    if (address.kind === 'ssh') {
      const tunnel = (await this.tunnel()) as SshTunnel;
      const agent: http.Agent = tunnel.agent;
      return new Client({ ...bare, host: 'engine', port: 80, agent } as never);
    }
    const { host, port, files } = address;
    const read = (file?: string): Promise<string> | undefined =>
      file === undefined ? undefined : readPem(file, address.text);
    return new Client({
      ...bare,
      host,
      port,
      ...(files && {
        protocol: 'https' as const,
        ca: await read(files.ca),
        cert: await read(files.cert),
        key: await read(files.key)
      })
    });
  }

  private _docker?: Docker;
  private _tunnel?: SshTunnel;
  private _about?: IEngineAbout;
}

/** @throws DeepError `target-unreachable` */
async function readPem(file: string, engine: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DeepError(
      'target-unreachable',
      `The container engine at ${engine} could not be asked: its certificates cannot be read. ${(error as Error).message}`,
      { hint: 'Name files that are there and that this user may read.' }
    );
  }
}

/** What of its answers counts here; the client's own types know less, and no signals. */
interface IAsked {
  ping(options: object): Promise<unknown>;
  version(options: object): Promise<{
    ApiVersion: string;
    Version: string;
    Components?: { Name: string; Version: string }[];
  }>;
  info(options: object): Promise<{
    NCPU?: number;
    MemTotal?: number;
    Runtimes?: Record<string, unknown>;
  }>;
}

async function readAbout(
  docker: Docker,
  abortSignal: AbortSignal
): Promise<IEngineAbout> {
  const asked = docker as unknown as IAsked;
  const [version, info] = await Promise.all([
    asked.version({ abortSignal }),
    asked.info({ abortSignal })
  ]);
  const podman = version.Components?.find(({ Name }) => /podman/i.test(Name));
  return {
    name: podman ? `Podman ${podman.Version}` : `Docker ${version.Version}`,
    isPodman: podman !== undefined,
    api: version.ApiVersion,
    cpus: Number(info.NCPU) || 1,
    memoryBytes: Number(info.MemTotal) || 0,
    hasGpus: Object.keys(info.Runtimes ?? {}).some(name => /nvidia/i.test(name))
  };
}
