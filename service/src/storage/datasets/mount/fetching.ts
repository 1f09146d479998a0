import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';

import type { IRemoteFiles } from '../../remoteFiles';
import type { IDatasetPlace, ITask } from '../way';

/** Read together by one program. */
const FILES_AT_ONCE = 20;

/** Bring the files that fit into the cache, by reading them: a mount has no other way. */
export async function fetchThroughMount(
  files: IRemoteFiles,
  place: IDatasetPlace,
  pattern: string,
  task: ITask
): Promise<void> {
  task.tell({ phase: 'Listing' });
  const fitting: StorageEntry[] = [];

  for await (const entry of filesBelow(files, place.remotePath, task.signal)) {
    if (path.posix.matchesGlob(below(place, entry), pattern)) {
      fitting.push(entry);
    }
  }
  await readAll(fitting, place, task);
}

const below = ({ remotePath }: IDatasetPlace, { path: whole }: StorageEntry) =>
  remotePath ? whole.slice(remotePath.length + 1) : whole;

async function* filesBelow(
  files: IRemoteFiles,
  folder: string,
  signal: AbortSignal
): AsyncGenerator<StorageEntry> {
  for await (const entries of files.list(folder, { signal })) {
    for (const entry of entries) {
      if (entry.type === 'folder') {
        yield* filesBelow(files, entry.path, signal);
      } else {
        yield entry;
      }
    }
  }
}

async function readAll(
  entries: StorageEntry[],
  place: IDatasetPlace,
  task: ITask
): Promise<void> {
  let [doneFiles, doneBytes] = [0, 0];
  const totalFiles = entries.length;
  const totalBytes = bytesOf(entries);
  for (let start = 0; start < totalFiles; start += FILES_AT_ONCE) {
    const some = entries.slice(start, start + FILES_AT_ONCE);
    task.tell({
      phase: 'Reading',
      doneFiles,
      doneBytes,
      totalFiles,
      totalBytes
    });
    await readThrough(some, place, task);
    doneFiles += some.length;
    doneBytes += bytesOf(some);
  }
  task.tell({ phase: '', doneFiles, doneBytes, totalFiles, totalBytes });
}

const bytesOf = (entries: StorageEntry[]): number =>
  entries.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);

/** By another program: a mount whose cloud is silent would hold the threads that this service reads its own files with. */
async function readThrough(
  entries: StorageEntry[],
  place: IDatasetPlace,
  task: ITask
): Promise<void> {
  const names = entries.map(entry =>
    path.join(place.path, below(place, entry))
  );
  const reader = spawn('cat', ['--', ...names], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: task.signal
  });
  const said: Buffer[] = [];
  reader.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = await once(reader, 'close').catch(() => {
    throw new DeepError('cancelled', 'Cancelled.');
  });
  if (code !== 0) {
    const words = Buffer.concat(said).toString('utf8').trim();
    task.failed(names.length === 1 ? names[0] : place.path, words);
  }
}
