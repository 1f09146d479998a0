import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import Docker from 'dockerode';
import { ROOT } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import { ITarEntry, packTar } from '../tar';

const PROGRAMS = ['podman', 'runc', 'conmon', 'netavark', 'iptables'];
/** What the wheel brings: it goes into the images. */
const NODE_HOME = path.join(ROOT, 'jupyterlab_deep/node');
const NATIVE = [
  'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  'node_modules/@img/sharp-libvips-linux-x64/lib'
];
export const BASE = 'localhost/deep-test-base:latest';

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
    const podman = new PodmanHere();
    try {
      const archive = path.join(podman.folder, 'base.tar');
      execFileSync('tar', ['-chf', archive, '-C', '/', ...libraries()], {
        timeout: 30_000
      });
      podman.cli(['import', archive, BASE]);
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

  static async start(): Promise<PodmanHere> {
    const podman = new PodmanHere();
    await podman.resume();
    await podman._importBase();
    return podman;
  }

  private constructor() {
    mkdirSync(path.join(this.folder, 'images'));
    writeFileSync(
      this._env.CONTAINERS_STORAGE_CONF,
      `[storage]\ndriver = "overlay"\nrunroot = "${this.folder}/run"\ngraphroot = "${this.folder}/images"\n`
    );
    // runc and the limits: what machines without systemd and without the right to raise limits need.
    writeFileSync(
      this._env.CONTAINERS_CONF,
      `[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n[containers]\nlog_driver = "k8s-file"\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[network]\nnetwork_backend = "netavark"\n`
    );
    this.allowRegistry();
  }

  readonly folder = mkdtempSync('/tmp/dp-');
  readonly socket = path.join(this.folder, 'podman.sock');

  get docker(): Docker {
    return new Docker({ socketPath: this.socket });
  }

  /** A registry on this machine is asked without TLS. */
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
    const args = ['system', 'service', '--time=0', `unix://${this.socket}`];
    this._service = spawn('podman', args, { env: this._env, stdio: 'ignore' });
    await until(() =>
      this.docker.ping().then(
        () => true,
        () => undefined
      )
    );
  }

  /** Everything of it, whoever made it. */
  async stop(): Promise<void> {
    for (const { Id } of await this.docker.listContainers({ all: true })) {
      await this.docker.getContainer(Id).remove({ force: true, v: true });
    }
    await this.pause();
    this._clear();
  }

  /** Build an image of its own for a test. */
  async build(
    image: string,
    recipe: string[],
    files: ITarEntry[] = []
  ): Promise<void> {
    const content = recipe.join('\n');
    const context = packTar([{ name: 'Dockerfile', content }, ...files]);
    const stream = await this.docker.buildImage(context, { t: image });
    await this._follow(stream);
  }

  async push(image: string): Promise<void> {
    const stream = await this.docker.getImage(image).push({
      authconfig: { username: 'lab', password: 'secret' }
    });
    await this._follow(stream as NodeJS.ReadableStream);
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

  /** Names of containers; names of images, made layers among them. */
  async content(): Promise<{ containers: string[]; images: string[] }> {
    const containers = await this.docker.listContainers({ all: true });
    const images = await this.docker.listImages({ all: true });
    return {
      containers: containers.flatMap(({ Names }) => Names),
      images: images.flatMap(({ Id, RepoTags }) => RepoTags ?? [Id])
    };
  }

  private async _importBase(): Promise<void> {
    const entries = libraries().map((name): ITarEntry => {
      const file = realpathSync(`/${name}`);
      const sizeBytes = statSync(file).size;
      return { name, file, sizeBytes, isProgram: true };
    });
    const repo = BASE.replace(/:latest$/, '');
    const stream = await this.docker.importImage(packTar(entries) as never, {
      repo
    });
    await this._follow(stream);
  }

  /** A command of Podman's own, and what it says. */
  cli(
    args: string[],
    { TMPDIR, timeoutMs = 60_000 }: { TMPDIR?: string; timeoutMs?: number } = {}
  ): string {
    return execFileSync('podman', args, {
      env: { ...this._env, ...(TMPDIR && { TMPDIR }) },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs
    });
  }

  private _clear(): void {
    const mounts = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map(line => line.split(' ')[1] ?? '')
      .filter(place => place.startsWith(`${this.folder}/`));
    for (const place of mounts.reverse()) {
      execFileSync('umount', ['-l', place]);
    }
    rmSync(this.folder, { recursive: true, force: true });
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

  private _service?: ChildProcess;
}

function findProgram(name: string): boolean {
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
  const native = NATIVE.map(name => path.join(NODE_HOME, name)).filter(
    existsSync
  );
  const files = [process.execPath, ...native.filter(isFile)];
  const told = execFileSync('ldd', files, { encoding: 'utf8' });
  const found = told.matchAll(/(\/(?:usr\/)?lib[^\s()]*)/g);
  const names = [...found].map(([, name]) => name.replace(/:$/, ''));
  return [...new Set(names)]
    .filter(name => existsSync(name) && !name.startsWith(NODE_HOME))
    .map(name => name.slice(1));
}

const isFile = (name: string): boolean => statSync(name).isFile();

const loader = (): string =>
  `/${libraries().find(name => name.includes('ld-linux'))}`;
