import { lstat, open, readFile, realpath } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DiscoveryFile } from '@jupyterlab-deep/protocol';
import { discoveryPath, holderPath, namedStore } from './places';

/** The running service, or why there is none to use; another can then be started. */
export type Discovery = { service: DiscoveryFile } | { unusable: string };

/**
 * Find the service by the discovery file in Jupyter's runtime folder.
 * Where that names none of our store, the note of who holds the store leads to the service's own.
 */
export async function discover(): Promise<Discovery> {
  const file = discoveryPath();
  const found = await discoverIn(file);
  const elsewhere = 'service' in found ? undefined : await holdersDiscovery();
  return elsewhere && elsewhere !== file ? discoverIn(elsewhere) : found;
}

async function holdersDiscovery(): Promise<string | undefined> {
  try {
    const note = JSON.parse(await readFile(holderPath(), 'utf8')) as {
      discovery?: unknown;
    } | null;
    return typeof note?.discovery === 'string' ? note.discovery : undefined;
  } catch {
    // No note, or half a one: nobody holds the store, or not yet.
    return undefined;
  }
}

/** Only a file that nobody else could have written or read is believed. */
async function discoverIn(file: string): Promise<Discovery> {
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
      ? await believed(file, await handle.readFile('utf8'))
      : { unusable: `${file} can be read by others` };
  } finally {
    await handle.close();
  }
}

async function believed(file: string, text: string): Promise<Discovery> {
  const service = parse(text);
  if (!service) {
    return { unusable: `${file} is damaged` };
  }
  if (await isOfAnotherStore(service)) {
    return {
      unusable: `${file} names the service of another store, ${service.store}`
    };
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

/** Several stores may share a runtime folder. A process that was not told its store takes the one that is there. */
async function isOfAnotherStore({ store }: DiscoveryFile): Promise<boolean> {
  const named = namedStore();
  return (
    named !== undefined &&
    store !== undefined &&
    store !== (await realpath(named).catch(() => named))
  );
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
