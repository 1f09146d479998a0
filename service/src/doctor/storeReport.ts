import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeepError } from '@jupyterlab-deep/protocol';
import { versionOf } from '../store/database';
import { FREE_SPACE } from '../store/diskErrors';
import { STORE_VERSION } from '../store/migrations';

/** Below this, results and uploads soon find no room. */
const LITTLE_SPACE_BYTES = 500 * 1024 * 1024;

/** What lies in the store. */
export interface IStoreReport {
  path: string;
  exists: boolean;
  schema?: number;
  freeBytes?: number;
  /** Bytes by file or folder. */
  sizes: Record<string, number>;
  problems: DeepError[];
}

/** Look at a store without changing it. */
export async function inspectStore(folder: string): Promise<IStoreReport> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    () => undefined
  );
  if (!entries) {
    return { path: folder, exists: false, sizes: {}, problems: [] };
  }
  const sizes: Record<string, number> = {};
  for (const entry of entries) {
    sizes[entry.name] = await sizeOf(path.join(folder, entry.name));
  }
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const database = inspectDatabase(path.join(folder, 'deep.sqlite'), sizes);
  const problems = [
    ...database.problems,
    ...littleSpace(folder, freeBytes),
    ...setAside(folder, Object.keys(sizes))
  ];
  const { schema } = database;
  return { path: folder, exists: true, schema, freeBytes, sizes, problems };
}

function inspectDatabase(
  file: string,
  sizes: Record<string, number>
): { schema?: number; problems: DeepError[] } {
  if (!('deep.sqlite' in sizes)) {
    return { problems: [] };
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const schema = versionOf(database);
    return { schema, problems: schema > STORE_VERSION ? [newer(file)] : [] };
  } catch (error) {
    return { problems: [damaged(file, error as Error)] };
  } finally {
    database?.close();
  }
}

const newer = (file: string): DeepError =>
  new DeepError('store-newer', `${file} was written by a newer version.`, {
    hint: 'Use the newer version, or set DEEP_STORE_DIRECTORY to another folder.'
  });

const damaged = (file: string, error: Error): DeepError =>
  new DeepError('internal', `${file} cannot be read: ${error.message}.`, {
    hint: 'The next start of the service sets it aside and begins a new one.'
  });

const littleSpace = (folder: string, freeBytes: number): DeepError[] =>
  freeBytes < LITTLE_SPACE_BYTES
    ? [
        new DeepError(
          'no-space',
          `Only ${Math.floor(freeBytes / 1024 / 1024)} MB are free for ${folder}.`,
          { hint: FREE_SPACE }
        )
      ]
    : [];

const setAside = (folder: string, names: string[]): DeepError[] =>
  names
    .filter(name => /\.damaged-[^/]*Z$/.test(name))
    .map(
      name =>
        new DeepError(
          'internal',
          `A damaged store was set aside as ${path.join(folder, name)}.`,
          { hint: 'Remove it when its runs are not missed.' }
        )
    );

/** What disappears while it is measured has no size. */
async function sizeOf(file: string): Promise<number> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isDirectory()) {
    return info?.size ?? 0;
  }
  const names = await readdir(file).catch(() => []);
  const sizes = await Promise.all(
    names.map(name => sizeOf(path.join(file, name)))
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
