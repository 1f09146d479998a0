import { lstat, open } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DiscoveryFile } from '@jupyterlab-deep/protocol';
import { discoveryPath } from './places';

/** The running service, or why there is none to use; another can then be started. */
export type Discovery = { service: DiscoveryFile } | { unusable: string };

/** Read the discovery file. Only one that nobody else could have written or read is believed. */
export async function discover(): Promise<Discovery> {
  const file = discoveryPath();
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) {
    return { unusable: 'it is not running' };
  }
  try {
    const { uid, mode } = await handle.stat();
    if (uid !== process.getuid?.()) {
      return { unusable: `${file} belongs to another user` };
    }
    return (mode & 0o077) === 0
      ? await believed(await handle.readFile('utf8'))
      : { unusable: `${file} can be read by others` };
  } finally {
    await handle.close();
  }
}

async function believed(text: string): Promise<Discovery> {
  const service = parse(text);
  if (!service) {
    return { unusable: `${discoveryPath()} is damaged` };
  }
  const here = os.hostname();
  if (service.host !== here) {
    return { unusable: `it ran on ${service.host}, and this is ${here}` };
  }
  const socket = await lstat(service.socket).catch(() => undefined);
  return socket?.uid === process.getuid?.()
    ? { service }
    : { unusable: `its socket ${service.socket} is gone or somebody else's` };
}

function parse(text: string): DiscoveryFile | undefined {
  try {
    const found = JSON.parse(text) as Partial<DiscoveryFile>;
    const { socket, token, host } = found;
    const isWhole =
      typeof token === 'string' &&
      typeof host === 'string' &&
      typeof socket === 'string' &&
      path.isAbsolute(socket);
    return isWhole ? (found as DiscoveryFile) : undefined;
  } catch {
    // Half a file is like none: the service writes it anew.
    return undefined;
  }
}
