import type { BigIntStats, Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { removeFile } from '../../../store/atomicFile';
import { hashOf, isPart, look } from './landing';
import { IChange, IManifestFile, Manifest } from './manifest';
import { joined } from './walk';

const AT_ONCE = 64;
/** Jupyter's own, of no use in the cloud. */
const LEFT_OUT = new Set(['.ipynb_checkpoints']);

/** What a scan needs. */
export interface IScan {
  manifest: Manifest;
  /** Of the dataset here. */
  root: string;
  signal?: AbortSignal;
  /** Take away unfinished files that an earlier service left; only while nothing else works on the dataset. */
  cleans?: boolean;
  onSkipped?(path: string, reason: string): void;
}

/**
 * Find what is not as it was when here and there were the same, by size and time, and by hash where only the time differs.
 *
 * @throws DeepError `not-found` when the folder itself is away: nothing was deleted then.
 */
export async function scan(scan: IScan): Promise<void> {
  const root = await look(scan.root);
  if (!root?.isDirectory()) {
    throw new DeepError('not-found', `The folder ${scan.root} is not there.`, {
      hint: 'Mount its disk again, or remove the dataset and make it anew.'
    });
  }
  const number = scan.manifest.nextNumber();
  const visited = new Set<string>();
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    visited.add(folder);
    open.push(...(await scanFolder(scan, folder, number)));
  }
  await noteLost(scan.manifest, visited, number);
  scan.manifest.run('DELETE FROM changes WHERE scan < ?', number);
}

async function scanFolder(
  scan: IScan,
  folder: string,
  number: number
): Promise<string[]> {
  const { manifest } = scan;
  const known = knownIn(manifest, folder);
  const folders: string[] = [];
  for await (const entries of inParts(path.join(scan.root, folder))) {
    scan.signal?.throwIfAborted();
    const changes: IChange[] = [];
    const looks = entries.map(async entry => {
      const at = joined(folder, entry.name);
      if (entry.isDirectory()) {
        if (!LEFT_OUT.has(entry.name)) {
          folders.push(at);
        }
        return;
      }
      const row = known.get(at);
      known.delete(at);
      const change = await lookAt(scan, at, entry, row);
      if (change) {
        changes.push(change);
      }
    });
    await Promise.all(looks);
    noteChanges(manifest, changes, number);
  }
  noteChanges(manifest, [...known.values()].map(deleted), number);
  return folders;
}

function knownIn(
  manifest: Manifest,
  folder: string
): Map<string, IManifestFile> {
  const rows = manifest.all<IManifestFile>(
    'SELECT * FROM files WHERE parent = ? AND etag IS NOT NULL',
    folder
  );
  return new Map(rows.map(row => [row.path, row]));
}

async function* inParts(folder: string): AsyncGenerator<Dirent[]> {
  let held: Dirent[] = [];
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    held.push(entry);
    if (held.length === AT_ONCE) {
      yield held;
      held = [];
      await breathe();
    }
  }
  yield held;
}

async function lookAt(
  { manifest, root, cleans, onSkipped }: IScan,
  at: string,
  entry: Dirent,
  row?: IManifestFile
): Promise<IChange | undefined> {
  const file = path.join(root, at);
  if (isPart(entry.name)) {
    const isKept = manifest.about(`part ${file}`) !== undefined;
    await (cleans && !isKept && removeFile(file));
    return undefined;
  }
  const info = entry.isFile() ? await look(file) : undefined;
  if (!info?.isFile()) {
    const what = entry.isSymbolicLink() ? 'a link' : 'no file';
    onSkipped?.(at, `it is ${what}, which is not followed`);
    return undefined;
  }
  return row
    ? compare(manifest, file, row, info)
    : { path: at, kind: 'new', bytes: Number(info.size) };
}

async function compare(
  manifest: Manifest,
  file: string,
  row: IManifestFile,
  { size, mtimeNs }: BigIntStats
): Promise<IChange | undefined> {
  const bytes = Number(size);
  if (bytes === row.bytes) {
    if (String(mtimeNs) === row.mtimeNs) {
      return undefined;
    }
    if ((await hashOf(file)) === row.hash) {
      manifest.run(
        'UPDATE files SET mtimeNs = ? WHERE path = ?',
        ...[String(mtimeNs), row.path]
      );
      return undefined;
    }
  }
  return { path: row.path, kind: 'changed', bytes };
}

const deleted = ({
  path,
  bytes
}: {
  path: string;
  bytes: number;
}): IChange => ({
  path,
  kind: 'deleted',
  bytes
});

/** Folders that are away, with all that was in them. */
async function noteLost(
  manifest: Manifest,
  visited: ReadonlySet<string>,
  number: number
): Promise<void> {
  const folders = manifest.all<{ parent: string }>(
    'SELECT DISTINCT parent FROM files WHERE etag IS NOT NULL'
  );
  for (const { parent } of folders) {
    if (!visited.has(parent)) {
      const lost = [...knownIn(manifest, parent).values()].map(deleted);
      noteChanges(manifest, lost, number);
      await breathe();
    }
  }
}

function noteChanges(
  manifest: Manifest,
  changes: readonly IChange[],
  number: number
): void {
  if (changes.length === 0) {
    return;
  }
  manifest.transact(() => {
    for (const { path: at, kind, bytes } of changes) {
      manifest.run(
        'INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)',
        ...[at, kind, bytes, number]
      );
    }
  });
}
