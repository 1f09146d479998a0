import type { StorageEntry } from '@jupyterlab-deep/protocol';
import type { IRemoteFiles } from '../../remoteFiles';
import { below, Manifest, parentOf } from './manifest';
import { Selection, whyNotHere } from './selection';

/** What a walk needs. */
export interface IWalk {
  manifest: Manifest;
  remote: IRemoteFiles;
  /** Of the dataset in the account. */
  remotePath: string;
  selection: Selection;
  signal: AbortSignal;
  /** Files whose names this machine cannot hold. */
  onSkipped(path: string, reason: string): void;
  onListed(files: number): void;
}

export const joined = (folder: string, path: string): string =>
  [folder, path].filter(Boolean).join('/');

/** Whether the folder in the cloud is as it was at the end of the last walk: one request. */
export async function isFresh(
  manifest: Manifest,
  remote: IRemoteFiles,
  remotePath: string,
  signal: AbortSignal
): Promise<boolean> {
  const { etag } = await remote.stat(remotePath, signal);
  return remote.can.folderEtags && isKnown(manifest, '', etag);
}

const isKnown = (
  manifest: Manifest,
  path: string,
  etag: string | undefined
): boolean =>
  etag !== undefined &&
  manifest.all(
    'SELECT 1 FROM folders WHERE path = ? AND etag = ?',
    ...[path, etag]
  ).length > 0;

/**
 * Write down what the cloud has, from the folders whose ETag changed. What a kill breaks off is walked again: ETags of
 * folders are believed only when all was written.
 */
export async function walk(walk: IWalk): Promise<void> {
  const { manifest, remote, remotePath, signal } = walk;
  const { etag } = await remote.stat(remotePath, signal);
  if (remote.can.folderEtags && isKnown(manifest, '', etag)) {
    return;
  }
  const number = manifest.nextNumber();
  manifest.run('UPDATE folders SET newEtag = NULL WHERE newEtag IS NOT NULL');
  noteFolder(manifest, '', etag, number);
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    signal.throwIfAborted();
    open.push(...(await listFolder(walk, folder, number)));
  }
  manifest.run(
    'UPDATE folders SET etag = newEtag, newEtag = NULL WHERE newEtag IS NOT NULL'
  );
}

function noteFolder(
  manifest: Manifest,
  path: string,
  etag: string | undefined,
  number: number
): void {
  manifest.run(
    `INSERT INTO folders (path, parent, newEtag, seen) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (path) DO UPDATE SET newEtag = ?3, seen = ?4`,
    ...[path, path === '' ? null : parentOf(path), etag ?? null, number]
  );
}

/** @returns the folders in it that have to be listed too. */
async function listFolder(
  walk: IWalk,
  folder: string,
  number: number
): Promise<string[]> {
  const { manifest, remote, remotePath, signal } = walk;
  const changed: string[] = [];
  const onSkipped = (name: string): void =>
    walk.onSkipped(joined(folder, name), 'its name is not one of a file');
  const at = joined(remotePath, folder);
  for await (const entries of remote.list(at, { signal, onSkipped })) {
    manifest.transact(() => {
      for (const entry of entries) {
        const path = joined(folder, entry.name);
        if (entry.type === 'file') {
          noteFile(walk, path, entry, number);
        } else if (mustList(walk, path, entry.etag, number)) {
          changed.push(path);
        }
      }
    });
    walk.onListed(entries.length);
  }
  noteGone(manifest, folder, number);
  return changed;
}

function mustList(
  { manifest, remote }: IWalk,
  path: string,
  etag: string | undefined,
  number: number
): boolean {
  const isSame = remote.can.folderEtags && isKnown(manifest, path, etag);
  noteFolder(manifest, path, etag, number);
  return !isSame;
}

/** Servers without ETags of files are known by size and time. */
const etagOf = ({ etag, sizeBytes, modifiedAt }: StorageEntry): string =>
  etag ?? `${sizeBytes ?? 0} ${modifiedAt ?? ''}`;

function noteFile(
  { manifest, selection, onSkipped }: IWalk,
  path: string,
  entry: StorageEntry,
  number: number
): void {
  const skipped = whyNotHere(path);
  if (skipped) {
    onSkipped(path, skipped);
  }
  const { sizeBytes = 0, modifiedAt } = entry;
  const modifiedS = modifiedAt ? Date.parse(modifiedAt) / 1000 : null;
  manifest.run(
    `INSERT INTO files (path, parent, thereEtag, thereBytes, thereS, isSelected, skipped, seen)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (path) DO UPDATE SET thereEtag = ?3, thereBytes = ?4, thereS = ?5,
       isSelected = max(isSelected, ?6), skipped = ?7, seen = ?8`,
    ...[path, parentOf(path), etagOf(entry), sizeBytes, modifiedS],
    ...[selection.has(path) ? 1 : 0, skipped ?? null, number]
  );
}

/** What was not in the listing is not in the cloud any more. */
function noteGone(manifest: Manifest, folder: string, number: number): void {
  manifest.transact(() => {
    manifest.run(
      'UPDATE files SET thereEtag = NULL WHERE parent = ? AND seen < ?',
      ...[folder, number]
    );
    const gone = manifest.all<{ path: string }>(
      'SELECT path FROM folders WHERE parent = ? AND seen < ?',
      ...[folder, number]
    );
    for (const { path } of gone) {
      const [from, to] = below(path);
      manifest.run(
        'UPDATE files SET thereEtag = NULL WHERE path >= ? AND path < ?',
        ...[from, to]
      );
      manifest.run(
        'DELETE FROM folders WHERE path = ?1 OR (path >= ?2 AND path < ?3)',
        ...[path, from, to]
      );
    }
  });
}
