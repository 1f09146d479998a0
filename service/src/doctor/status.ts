import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { DiscoveryFile, Health, TOKEN_HEADER } from '@jupyterlab-deep/protocol';
import { findJupyterFolders } from '../places';
import path from 'node:path';

/** Whether a service runs, and what it says; nothing is started. */
export interface IStatus {
  isRunning: boolean;
  /** What its discovery file says, without the token. */
  discovery?: Omit<DiscoveryFile, 'token'>;
  health?: Health;
  problem?: string;
}

const TIMEOUT_MS = 5_000;

/** Ask the running service how it is. */
export async function status(): Promise<IStatus> {
  const { runtime } = findJupyterFolders(process.env);
  const file = path.join(runtime, 'deep', 'service.json');
  const found = await readDiscovery(file);
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

async function readDiscovery(file: string): Promise<DiscoveryFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DiscoveryFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
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
