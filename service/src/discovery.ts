import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DiscoveryFile } from '@jupyterlab-deep/protocol';
import { IPlaces } from './places';
import { removeFile, writeAtomically } from './store/atomicFile';
import { Holder } from './store/lock';

/** One service, whichever of its files names it. */
type Identity = Pick<DiscoveryFile, 'pid' | 'host' | 'startedAt'>;

/** What a discovery file says; undefined when there is none or it is damaged. */
export async function readDiscovery(
  file: string
): Promise<DiscoveryFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DiscoveryFile;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing || error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The discovery file of the service over this store, and what it says.
 * That in Jupyter's runtime folder may be of another store whose service started later.
 */
export async function findDiscovery({
  discovery,
  storeDiscovery,
  store
}: IPlaces): Promise<{ file: string; found?: DiscoveryFile }> {
  const found = await readDiscovery(discovery);
  if (found && (found.store === undefined || found.store === store)) {
    return { file: discovery, found };
  }
  return { file: storeDiscovery, found: await readDiscovery(storeDiscovery) };
}

/** Last of a start: whoever finds this file finds a service that answers. */
export async function writeDiscovery(
  file: string,
  content: DiscoveryFile
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeAtomically(file, JSON.stringify(content));
}

/** A Jupyter whose runtime folder names no service, or that of another store, looks there for the running one. */
export async function shareDiscovery(
  holder: Holder,
  { discovery }: IPlaces
): Promise<void> {
  if (!isOf(await readDiscovery(discovery), holder)) {
    const found = await readDiscovery(holder.discovery);
    if (found) {
      await writeDiscovery(discovery, found);
    }
  }
}

/** Remove a discovery file, unless a service of another store has written its own there. */
export async function removeDiscovery(
  file: string,
  own: Identity
): Promise<void> {
  if (isOf(await readDiscovery(file), own)) {
    await removeFile(file);
  }
}

const isOf = (
  found: DiscoveryFile | undefined,
  { pid, host, startedAt }: Identity
): boolean =>
  found?.pid === pid && found.host === host && found.startedAt === startedAt;
