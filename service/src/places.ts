import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isNoSpace, storeFailure } from './store/diskErrors';

type Environment = Record<string, string | undefined>;

/** Jupyter's own folders, as whoever starts the service names them. */
export interface IJupyterFolders {
  data: string;
  runtime: string;
  /** Earlier folders win. */
  config: string[];
}

/** Everything that the service finds or leaves on disk. */
export interface IPlaces {
  /** 0700: database, lock, contents, log. */
  store: string;
  /** 0700, on local disk, short: unix sockets. */
  sockets: string;
  /** Where clients connect. */
  socket: string;
  /** Tells clients of the service; in Jupyter's runtime folder, which several stores may share. */
  discovery: string;
  /** The same, of the service over this store alone. */
  storeDiscovery: string;
  /** Folders whose folders are modules. */
  modules: string[];
  /** Folder of the bundles: `module-runtime.mjs`. */
  nodeHome: string;
  /** JSON Schemas of metadata. */
  schemas: string;
  /** The program uv; undefined where it is not installed. */
  uv?: string;
  /** The program rclone; undefined where it is not installed. */
  rclone?: string;
  /** The interpreter that environments of Python modules are made of. */
  python: string;
  /** Serves a Python module: `deepaas_on_socket.py`. */
  launcher: string;
  /** Our Python package, for kernels of other environments. */
  library: string;
  /** Folders of environments' definitions; earlier ones win. */
  environments: string[];
}

const splitPath = (value: string | undefined): string[] =>
  (value ?? '').split(path.delimiter).filter(folder => folder !== '');

/** Jupyter's folders, by Jupyter's own rules where the starter did not name them. */
export function findJupyterFolders(env: Environment): IJupyterFolders {
  const data = env.DEEP_DATA_DIR || env.JUPYTER_DATA_DIR || defaultData(env);
  const named = splitPath(env.DEEP_CONFIG_PATH);
  return {
    data,
    runtime:
      env.DEEP_RUNTIME_DIR ||
      env.JUPYTER_RUNTIME_DIR ||
      path.join(data, 'runtime'),
    config: named.length > 0 ? named : defaultConfig(env)
  };
}

function defaultData(env: Environment): string {
  if (process.platform === 'darwin') {
    return path.join(homedir(), 'Library', 'Jupyter');
  }
  const share = env.XDG_DATA_HOME || path.join(homedir(), '.local', 'share');
  return path.join(share, 'jupyter');
}

const defaultConfig = (env: Environment): string[] => [
  env.JUPYTER_CONFIG_DIR || path.join(homedir(), '.jupyter'),
  ...splitPath(env.JUPYTER_CONFIG_PATH),
  '/usr/local/etc/jupyter',
  '/etc/jupyter'
];

/** Where the store lies, whether it exists or not. */
export const storeFolder = (
  jupyter: IJupyterFolders,
  configured?: string
): string => path.resolve(configured || path.join(jupyter.data, 'deep'));

/**
 * Find every place; makes none of them.
 *
 * @param store Folder of the store. The sockets' folder is named after its real path.
 */
export async function findPlaces(
  env: Environment,
  jupyter: IJupyterFolders,
  store: string
): Promise<IPlaces> {
  const nodeHome =
    env.DEEP_NODE_HOME || path.dirname(fileURLToPath(import.meta.url));
  const real = await realpath(store).catch(() => store);
  const sockets = await socketFolder(env, real);
  const launcher =
    env.DEEP_DEEPAAS_LAUNCHER ||
    path.join(nodeHome, '..', 'deepaas_on_socket.py');
  return {
    store: real,
    sockets,
    socket: path.join(sockets, 'service.sock'),
    discovery: path.join(jupyter.runtime, 'deep', 'service.json'),
    storeDiscovery: path.join(sockets, 'service.json'),
    modules: splitPath(env.DEEP_MODULES_PATH),
    nodeHome,
    schemas: env.DEEP_SCHEMAS_PATH || path.join(nodeHome, '..', 'schemas'),
    uv: env.DEEP_UV || undefined,
    rclone: env.DEEP_RCLONE || undefined,
    python: env.DEEP_PYTHON || 'python3',
    launcher,
    library: path.dirname(launcher),
    environments: [
      ...splitPath(env.DEEP_ENVIRONMENTS_PATH),
      path.join(nodeHome, 'environments')
    ]
  };
}

/** The kernel cuts addresses of unix sockets at 108 bytes; Node then fails with a bare EINVAL. */
const MAX_SOCKET_PATH_BYTES = 100;
const LONGEST_NAME = '/0123456789.sock';

async function socketFolder(env: Environment, store: string): Promise<string> {
  const hash = createHash('sha256').update(store).digest('hex').slice(0, 12);
  const uid = process.getuid?.() ?? 0;
  const runtime = env.XDG_RUNTIME_DIR;
  const choices = [
    ...(runtime && (await isOwnFolder(runtime))
      ? [path.join(runtime, `jupyter-deep-${hash}`)]
      : []),
    path.join(tmpdir(), `jupyter-deep-${uid}-${hash}`),
    path.join('/tmp', `jupyter-deep-${uid}-${hash}`)
  ];
  const fits = (folder: string): boolean =>
    Buffer.byteLength(folder + LONGEST_NAME) <= MAX_SOCKET_PATH_BYTES;
  return choices.find(fits) ?? choices[choices.length - 1];
}

/** Shells of other users and containers name folders that are not there or not ours. */
async function isOwnFolder(folder: string): Promise<boolean> {
  try {
    const info = await stat(folder);
    await access(folder, constants.W_OK | constants.X_OK);
    return info.isDirectory() && info.uid === process.getuid?.();
  } catch {
    return false;
  }
}

/**
 * Make a folder that nobody else can enter; one made by somebody else is refused.
 *
 * @throws DeepError `service-unavailable`, `no-space`
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const info = await lstat(folder);
  const isOurs = info.isDirectory() && info.uid === process.getuid?.();
  if (!isOurs || (info.mode & 0o077) !== 0) {
    throw new DeepError(
      'service-unavailable',
      `The folder for sockets, ${folder}, is not a private folder of this user.`,
      { hint: `Remove it: rm -r ${folder}` }
    );
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (isNoSpace(error)) {
      throw storeFailure(error, folder);
    }
    throw new DeepError(
      'service-unavailable',
      `The folder for sockets, ${folder}, cannot be made: ${(error as Error).message}.`,
      {
        hint: 'Let XDG_RUNTIME_DIR or TMPDIR name a folder of yours that can be written.',
        cause: error
      }
    );
  }
}
