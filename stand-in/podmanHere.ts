import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';

const PROGRAMS = ['podman', 'runc', 'conmon', 'netavark', 'iptables'];
/** Of the project: the tests of the browser are started below it. */
const ROOT = path.resolve(existsSync('stand-in') ? '.' : '..');
/** What the wheel brings: it goes into the images. */
const NODE_HOME = path.join(ROOT, 'jupyterlab_deep/node');
const NATIVE = [
  'node_modules/onnxruntime-node/bin/napi-v6/linux/x64',
  'node_modules/@img/sharp-libvips-linux-x64/lib'
];
export const BASE = 'localhost/deep-test-base:latest';

/** What an engine of a test has that others have not. */
export interface IPodmanOptions {
  /** Name of the network namespace that it and its containers live in. */
  namespace?: string;
  /** Its images lie on a disk of this size. */
  diskMb?: number;
  /** More for the environment of its service, which is started by `sh -c`: such as mounts of its own. */
  before?: string;
}

/** A real Podman of a test's own: its images, its containers, its socket. */
export class PodmanHere {
  /** Why none can run here; undefined where one can. */
  static whyNot(): string | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      return 'it needs Linux and root';
    }
    const missing = PROGRAMS.filter(name => !findProgram(name));
    if (missing.length > 0) {
      return `${missing.join(', ')} not installed`;
    }
    if (!existsSync(path.join(NODE_HOME, 'module-runtime.mjs'))) {
      return 'the bundles are not built';
    }
    return this._whyNoContainer();
  }

  /** One container that does nothing tells whether this machine lets any run. */
  private static _whyNoContainer(): string | undefined {
    const podman = new PodmanHere({});
    try {
      podman._importBase();
      podman.cli([
        ...['run', '--rm', '--network=none', BASE],
        ...[loader(), '--version']
      ]);
      return undefined;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer };
      return `no container runs here: ${String(stderr ?? message).trim()}`;
    } finally {
      podman._clear();
    }
  }

  static async start(options: IPodmanOptions = {}): Promise<PodmanHere> {
    const podman = new PodmanHere(options);
    podman._importBase();
    await podman.resume();
    return podman;
  }

  private constructor(options: IPodmanOptions) {
    this._options = options;
    mkdirSync(this._images);
    if (options.diskMb !== undefined) {
      const size = `size=${options.diskMb}m`;
      execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', this._images]);
    }
    writeFileSync(
      this._env.CONTAINERS_STORAGE_CONF,
      `[storage]\ndriver = "overlay"\nrunroot = "${this.folder}/run"\ngraphroot = "${this._images}"\n`
    );
    // runc and the limits: what machines without systemd and without the right to raise limits need.
    writeFileSync(
      this._env.CONTAINERS_CONF,
      `[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n[containers]\nlog_driver = "k8s-file"\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[network]\nnetwork_backend = "netavark"\nnetwork_config_dir = "${this.folder}/networks"\ndefault_network = "${this._network}"\n`
    );
    this._makeNetwork();
    this.allowRegistry();
  }

  readonly folder = mkdtempSync('/tmp/dp-');
  readonly socket = path.join(this.folder, 'podman.sock');

  get docker(): Docker {
    return new Docker({ socketPath: this.socket });
  }

  /** These registries are asked without TLS. It is read when the service starts. */
  allowRegistry(...hosts: string[]): void {
    writeFileSync(
      this._env.CONTAINERS_REGISTRIES_CONF,
      hosts
        .map(host => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`)
        .join('\n')
    );
  }

  /** Its service ends; its containers go on. */
  async pause(): Promise<void> {
    const ended = once(this._service as ChildProcess, 'exit');
    this._service?.kill('SIGTERM');
    await ended;
    rmSync(this.socket, { force: true });
  }

  async resume(): Promise<void> {
    const serve = `exec podman system service --time=0 unix://${this.socket}`;
    const { before = '' } = this._options;
    const [program, ...args] = this._inside('sh', '-c', `${before}\n${serve}`);
    this._service = spawn(program, args, { env: this._env, stdio: 'ignore' });
    while (!(await this._answers())) {
      if (this._service.exitCode !== null) {
        throw new Error(`Podman ended with ${this._service.exitCode}`);
      }
      await sleep(20);
    }
  }

  /** Everything of it, whoever made it. */
  async stop(): Promise<void> {
    for (const { Id } of await this.docker.listContainers({ all: true })) {
      await this.docker.getContainer(Id).remove({ force: true, v: true });
    }
    await this.pause();
    this._clear();
  }

  /** Build an image of its own for a test; the context is an archive. */
  async build(image: string, context: NodeJS.ReadableStream): Promise<void> {
    await this._follow(await this.docker.buildImage(context, { t: image }));
  }

  async push(image: string): Promise<void> {
    const stream = await this.docker.getImage(image).push({
      authconfig: { username: 'lab', password: 'secret' }
    });
    await this._follow(stream as NodeJS.ReadableStream);
  }

  /** Names of containers; names of images, made layers among them. */
  async content(): Promise<{ containers: string[]; images: string[] }> {
    const containers = await this.docker.listContainers({ all: true });
    const images = await this.docker.listImages({ all: true });
    return {
      containers: containers.flatMap(({ Names }) => Names),
      images: images.flatMap(({ Id, RepoTags }) => RepoTags ?? [Id])
    };
  }

  /** Each of its errors is an event of a stream that ends well. */
  private _follow(stream: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve, reject) =>
      this.docker.modem.followProgress(stream, (error, events) => {
        const failed = events?.find(each => each.error);
        return error || failed ? reject(error ?? failed) : resolve();
      })
    );
  }

  private _answers(): Promise<boolean> {
    return this.docker.ping().then(
      () => true,
      () => false
    );
  }

  /** Engines beside each other would take each other's bridge away. */
  private _makeNetwork(): void {
    const start = `10.${randomInt(100, 200)}.${randomInt(256)}`;
    const folder = path.join(this.folder, 'networks');
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, `${this._network}.json`),
      JSON.stringify({
        name: this._network,
        id: randomBytes(32).toString('hex'),
        driver: 'bridge',
        network_interface: this._network,
        subnets: [{ subnet: `${start}.0/24`, gateway: `${start}.1` }],
        ipv6_enabled: false,
        internal: false,
        dns_enabled: false,
        ipam_options: { driver: 'host-local' }
      })
    );
  }

  private _importBase(): void {
    const archive = path.join(this.folder, 'base.tar');
    const args = ['-ch', '--hard-dereference', '-f', archive, '-C', '/'];
    execFileSync('tar', [...args, ...libraries()], { timeout: 30_000 });
    this.cli(['import', archive, BASE]);
    rmSync(archive);
  }

  /** A command of Podman's own, and what it says. */
  cli(
    args: string[],
    { TMPDIR, timeoutMs = 60_000 }: { TMPDIR?: string; timeoutMs?: number } = {}
  ): string {
    const [program, ...all] = this._inside('podman', ...args);
    return execFileSync(program, all, {
      env: { ...this._env, ...(TMPDIR && { TMPDIR }) },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs
    });
  }

  /** A command in the namespaces of its host; its mounts are its own where it makes some. */
  private _inside(...command: string[]): [string, ...string[]] {
    const { namespace, before } = this._options;
    const net = namespace && ['nsenter', `--net=/run/netns/${namespace}`];
    const mount = before && ['unshare', '--mount'];
    const all = [...(net || []), ...(mount || []), ...command];
    return all as [string, ...string[]];
  }

  /** An engine that ends may mount its storage once more: then it is taken away again. */
  private _clear(triesLeft = 5): void {
    const mounts = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map(line => line.split(' ')[1] ?? '')
      .filter(place => place.startsWith(`${this.folder}/`));
    for (const place of mounts.reverse()) {
      execFileSync('umount', ['-l', place]);
    }
    try {
      rmSync(this.folder, { recursive: true, force: true });
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code !== 'EBUSY' ||
        triesLeft === 0
      ) {
        throw error;
      }
      this._clear(triesLeft - 1);
    }
  }

  private get _images(): string {
    return path.join(this.folder, 'images');
  }

  private get _env(): Record<
    | 'CONTAINERS_STORAGE_CONF'
    | 'CONTAINERS_CONF'
    | 'CONTAINERS_REGISTRIES_CONF'
    | 'PATH'
    | 'HOME',
    string
  > {
    const at = (name: string): string => path.join(this.folder, name);
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      CONTAINERS_STORAGE_CONF: at('storage.conf'),
      CONTAINERS_CONF: at('containers.conf'),
      CONTAINERS_REGISTRIES_CONF: at('registries.conf')
    };
  }

  private readonly _network = `deep${randomBytes(4).toString('hex')}`;
  private readonly _options: IPodmanOptions;
  private _service?: ChildProcess;
}

/** Whether a program is where this machine keeps programs. */
export function findProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/lib/podman'];
  return folders.some(folder => {
    try {
      accessSync(path.join(folder, name));
      return true;
    } catch {
      return false;
    }
  });
}

/** What Node and the native packages need, without a leading slash: enough for a base. */
function libraries(): string[] {
  const native = NATIVE.flatMap(name => {
    const folder = path.join(NODE_HOME, name);
    const names = readdirSync(folder).filter(each => each.includes('.so.'));
    return names.map(each => path.join(folder, each));
  });
  const files = [process.execPath, ...native];
  const told = execFileSync('ldd', files, { encoding: 'utf8' });
  const found = told.matchAll(/(\/(?:usr\/)?lib[^\s()]*)/g);
  const names = [...found].map(([, name]) => name.replace(/:$/, ''));
  return [...new Set(names)]
    .filter(name => existsSync(name) && !name.startsWith(NODE_HOME))
    .map(name => name.slice(1));
}

const loader = (): string =>
  `/${libraries().find(name => name.includes('ld-linux'))}`;
