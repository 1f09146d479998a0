import * as os from 'node:os';
import * as path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';

/** Folders by Jupyter's own rules, where whoever started this process has not named them. */
function jupyterDataDir(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) {
    return JUPYTER_DATA_DIR;
  }
  return process.platform === 'darwin'
    ? path.join(os.homedir(), 'Library', 'Jupyter')
    : path.join(
        XDG_DATA_HOME || path.join(os.homedir(), '.local', 'share'),
        'jupyter'
      );
}

/** Jupyter's data folder. */
export const dataDir = (): string =>
  process.env.DEEP_DATA_DIR || jupyterDataDir();

/** Jupyter's runtime folder. */
export const runtimeDir = (): string =>
  process.env.DEEP_RUNTIME_DIR ||
  process.env.JUPYTER_RUNTIME_DIR ||
  path.join(dataDir(), 'runtime');

/** Names socket and token of the running service. */
export const discoveryPath = (): string =>
  path.join(runtimeDir(), 'deep', 'service.json');

/**
 * The store that this process was told to use; the kernel's launcher always tells it.
 *
 * @throws DeepError `configuration-invalid`
 */
export function namedStore(): string | undefined {
  const named = process.env.DEEP_STORE_DIRECTORY;
  if (named && !path.isAbsolute(named)) {
    throw new DeepError(
      'configuration-invalid',
      `The folder “${named}” (DEEP_STORE_DIRECTORY) is not absolute.`,
      {
        hint: 'Only Jupyter and its kernels replace ~ and {user}: name the whole path here.'
      }
    );
  }
  return named || undefined;
}

const storeDir = (): string => namedStore() ?? path.join(dataDir(), 'deep');

/** Who holds the store, and where its own discovery file is. */
export const holderPath = (): string => path.join(storeDir(), 'holder.json');

/** What a service that starts for the first time writes before it knows its own log. */
export const startLogPath = (): string =>
  path.join(storeDir(), 'service-start.log');

/**
 * The wheel's folder of programs for Node: as the kernel's launcher says, else the one that this file was installed in
 * (`node/node_modules/@jupyterlab-deep/kernel-helpers/`).
 */
export const nodeHome = (): string =>
  process.env.DEEP_NODE_HOME || path.resolve(__dirname, '..', '..', '..');
