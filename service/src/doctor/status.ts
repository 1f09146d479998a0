import http from 'node:http';
import { DiscoveryFile, Health, TOKEN_HEADER } from '@jupyterlab-deep/protocol';
import { readSettings } from '../admin/config';
import { findDiscovery } from '../discovery';
import {
  findJupyterFolders,
  findPlaces,
  IPlaces,
  storeFolder
} from '../places';

/** Whether a service runs, and what it says; nothing is started. */
export interface IStatus {
  isRunning: boolean;
  /** What its discovery file says, without the token. */
  discovery?: Omit<DiscoveryFile, 'token'>;
  health?: Health;
  problem?: string;
}

const TIMEOUT_MS = 5_000;

/**
 * Ask the running service of this user's store how it is.
 *
 * @throws DeepError `configuration-invalid`
 */
export async function status(): Promise<IStatus> {
  const jupyter = findJupyterFolders(process.env);
  const settings = await readSettings(jupyter.config, process.env);
  const folder = storeFolder(jupyter, settings.storeDirectory);
  return statusAt(await findPlaces(process.env, jupyter, folder));
}

/** Ask the running service over a store how it is. */
export async function statusAt(places: IPlaces): Promise<IStatus> {
  const { file, found } = await findDiscovery(places);
  if (!found) {
    return { isRunning: false };
  }
  const { token, ...discovery } = found;
  try {
    const health = await askHealth(discovery.socket, token);
    return { isRunning: true, discovery, health };
  } catch (error) {
    const problem = `${file} names a service (process ${discovery.pid} on ${discovery.host}) that does not answer: ${(error as Error).message}.`;
    return { isRunning: false, discovery, problem };
  }
}

function askHealth(socketPath: string, token: string): Promise<Health> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      {
        socketPath,
        path: '/health',
        headers: { [TOKEN_HEADER]: token },
        timeout: TIMEOUT_MS,
        agent: false
      },
      async response => {
        const pieces: Buffer[] = await response.toArray();
        const text = Buffer.concat(pieces).toString('utf8');
        if (response.statusCode === 200) {
          resolve(JSON.parse(text) as Health);
        } else {
          reject(new Error(`HTTP ${response.statusCode}: ${text}`));
        }
      }
    );
    request.on('timeout', () => request.destroy(new Error('no answer in 5 s')));
    request.on('error', reject);
  });
}
