import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  DeepError,
  Run,
  StorageEntry,
  StorageSaveRequest
} from '@jupyterlab-deep/protocol';
import { Uploads } from '../../inference/uploads';
import { StorageAccounts } from '../accounts/storageAccounts';
import type { DavFiles } from '../dav/davFiles';
import { nameOf } from '../dav/paths';
import { statusOf } from '../dav/refusals';
import type { IBytes, IWriteGuard } from '../remoteFiles';
import type { Copies } from '../transfers/copies';
import { checkNewPath } from './names';

export interface ISavingParts {
  accounts: StorageAccounts;
  uploads: Uploads;
  copies: Copies;
}

/** Bytes that are here already. */
export const inMemory = (content: Buffer): IBytes => ({
  sizeBytes: content.length,
  open: ({ start, end } = { start: 0, end: content.length }) =>
    Readable.from([content.subarray(start, end)], { objectMode: false })
});

/** @throws DeepError `invalid-request` for a name that cannot be; as `DavFiles.write` does */
export async function write(
  accounts: StorageAccounts,
  account: string,
  file: string,
  bytes: IBytes,
  guard: IWriteGuard
): Promise<StorageEntry> {
  checkNewPath(file);
  return accounts.files(account).write(file, bytes, guard);
}

/** Write what was uploaded: at once, or as a transfer where the server wants it in chunks. @throws DeepError `conflict` */
export async function save(
  { accounts, copies, uploads }: ISavingParts,
  account: string,
  { path: to, upload: id, ifAbsent, ifMatch }: StorageSaveRequest
): Promise<StorageEntry | Run> {
  const upload = uploads.get(id);
  if (upload.receivedBytes !== upload.sizeBytes) {
    throw new DeepError(
      'conflict',
      `${upload.filename} has not come whole yet.`
    );
  }
  const file = uploads.fileOf(id);
  const files = accounts.files(account);
  const { chunkBytes = Infinity } = files.can;
  if (upload.sizeBytes <= chunkBytes) {
    const bytes: IBytes = {
      sizeBytes: upload.sizeBytes,
      open: range =>
        createReadStream(
          file,
          range && { start: range.start, end: Math.max(0, range.end - 1) }
        )
    };
    return write(accounts, account, to, bytes, { ifAbsent, ifMatch });
  }
  checkNewPath(to);
  await checkGuard(files, to, { ifAbsent, ifMatch });
  return copies.begin(
    {
      from: { path: path.resolve(file) },
      to: { account, path: to },
      onConflict: 'overwrite'
    },
    { root: undefined, isBrowser: false }
  );
}

async function checkGuard(
  files: DavFiles,
  file: string,
  { ifAbsent, ifMatch }: IWriteGuard
): Promise<void> {
  const there = await files.stat(file).catch(unlessMissing);
  if (ifAbsent && there) {
    throw taken(file);
  }
  if (ifMatch !== undefined && there?.etag !== ifMatch) {
    throw new DeepError(
      'conflict',
      `${nameOf(file)} was changed there meanwhile.`
    );
  }
}

/** @throws DeepError `conflict` when something has the name */
export async function refuseExisting(
  files: DavFiles,
  file: string
): Promise<void> {
  if (await files.stat(file).catch(unlessMissing)) {
    throw taken(file);
  }
}

const taken = (file: string): DeepError =>
  new DeepError('conflict', `There is a ${nameOf(file)} already.`);

function unlessMissing(error: unknown): undefined {
  if (statusOf(error) === 404) {
    return undefined;
  }
  throw error;
}
