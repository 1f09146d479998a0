import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../../http/problems';
import type {
  IBytes,
  IRemoteFiles,
  ISmallFile,
  IWriteGuard
} from '../../remoteFiles';
import { ITask } from '../way';
import { hashOf, look, NO_TIME } from './landing';
import {
  IChange,
  IManifestFile,
  ISame,
  IUploadNote,
  Manifest,
  parentOf
} from './manifest';
import { Pool } from './pool';
import { isCommon } from './pull';
import { joined } from './walk';

/** Larger files go by themselves. */
const SMALL_BYTES = 2 * 1024 * 1024;
const BULK_BYTES = 8 * 1024 * 1024;
const BULK_FILES = 100;
const WRITES_AT_ONCE = 4;
const ROWS_AT_ONCE = 500;

export interface IPush {
  manifest: Manifest;
  remote: IRemoteFiles;
  remotePath: string;
  root: string;
  task: ITask;
  /** What becomes of a new file whose name the cloud has; default: it is refused. */
  onThere?: 'overwrite' | 'skip';
}

/** A small file as it was read, which is how it goes. */
interface ISmall extends ISmallFile {
  local: Omit<ISame, 'etag'>;
}

/**
 * Brings what changed here to the cloud: new small files by many in a request, others by themselves and only onto the
 * version that they were made from. Deleted files go to the cloud's trash.
 */
export class Push {
  constructor(private readonly _parts: IPush) {}

  /** @returns whether something changed while it went, so that another round is due. */
  async run(): Promise<boolean> {
    const { manifest, task } = this._parts;
    const { files, bytes } = manifest.waiting;
    task.tell({
      totalFiles: files + this._files,
      totalBytes: bytes + this._bytes
    });
    this._isAgain = false;
    await this._makeFolders();
    await this._pushAll();
    return this._isAgain;
  }

  private async _makeFolders(): Promise<void> {
    const { manifest, remote, remotePath, task } = this._parts;
    const folders = manifest.all<{ path: string }>(
      "SELECT path FROM changes WHERE kind = 'new'"
    );
    const missing = new Set(folders.map(({ path: at }) => parentOf(at)));
    for (const folder of [...missing].sort()) {
      const isThere = manifest.all(
        'SELECT 1 FROM folders WHERE path = ?',
        folder
      );
      if (isThere.length === 0) {
        await remote.makeFolder(joined(remotePath, folder), task.signal);
        manifest.run(
          'INSERT INTO folders (path, parent) VALUES (?, ?)',
          ...[folder, folder === '' ? null : parentOf(folder)]
        );
      }
    }
  }

  private async _pushAll(): Promise<void> {
    const { manifest, task } = this._parts;
    const pool = new Pool(WRITES_AT_ONCE);
    let last = '';
    try {
      for (;;) {
        const rows = manifest.all<IChange>(
          `SELECT * FROM changes WHERE path > ? ORDER BY path LIMIT ${ROWS_AT_ONCE}`,
          last
        );
        if (rows.length === 0) {
          await this._sendSmall();
          return await pool.end();
        }
        for (const change of rows) {
          task.signal.throwIfAborted();
          last = change.path;
          await this._pushOne(pool, change);
        }
      }
    } finally {
      await pool.settle();
    }
  }

  private async _pushOne(pool: Pool, change: IChange): Promise<void> {
    const { manifest, remote, onThere } = this._parts;
    const row = manifest.file(change.path);
    if (onThere === 'skip' && row?.thereEtag && !row.etag) {
      manifest.run('DELETE FROM changes WHERE path = ?', change.path);
    } else if (change.kind === 'deleted') {
      await pool.add(() => this._each(change, () => this._remove(row!)));
    } else if (
      change.kind === 'new' &&
      !row?.thereEtag &&
      change.bytes <= SMALL_BYTES &&
      remote.can.bulk
    ) {
      await this._addSmall(change);
    } else {
      await pool.add(() => this._each(change, () => this._write(change, row)));
    }
  }

  /** To the trash only: what a server without one has deleted could never come back. */
  private async _remove(row: IManifestFile): Promise<void> {
    const { manifest, remote, remotePath, task } = this._parts;
    if (row.thereEtag === null) {
      return manifest.forget(row.path);
    }
    if (!remote.can.trash) {
      task.failed(
        row.path,
        'deleted here; the server has no trash, so it stays there. Delete it there, or refresh to have it back.'
      );
      return;
    }
    const ifMatch = row.etag!;
    await remote
      .remove(joined(remotePath, row.path), { ifMatch, signal: task.signal })
      .catch(unlessGone);
    task.log(`${row.path}: deleted here, now in the cloud's trash`);
    manifest.forget(row.path);
    this._done(0);
  }

  private async _write(change: IChange, row?: IManifestFile): Promise<void> {
    const { manifest, remote, remotePath, root, task } = this._parts;
    const file = path.join(root, change.path);
    const before = await look(file);
    if (!before?.isFile()) {
      this._isAgain = true;
      return;
    }
    const [bytes, mtimeNs] = [Number(before.size), String(before.mtimeNs)];
    const hash = await hashOf(file);
    manifest.sending([{ path: change.path, hash }]);
    const entry = await remote.write(
      joined(remotePath, change.path),
      bytesOf(file, bytes, Number(before.mtimeNs / 1_000_000_000n)),
      {
        ...this._guard(row),
        resume: uploadOf(row, bytes, mtimeNs),
        onOpened: upload =>
          noteUpload(manifest, change.path, { upload, mtimeNs }),
        signal: task.signal
      }
    );
    const after = await look(file);
    const isSteady =
      String(after?.mtimeNs) === mtimeNs && Number(after?.size) === bytes;
    // A file that changed while it went is in the cloud as a mixture: the time that is kept is not its own, so it waits again.
    const kept = isSteady ? mtimeNs : NO_TIME;
    this._isAgain ||= !isSteady;
    const etag = entry.etag ?? `${bytes} ${entry.modifiedAt ?? ''}`;
    const same = { path: change.path, etag, bytes, mtimeNs: kept, hash };
    manifest.same([{ ...same, hash: isSteady ? hash : '' }]);
    this._done(bytes);
  }

  private _guard(row?: IManifestFile): IWriteGuard {
    const mayReplace = this._parts.onThere === 'overwrite';
    const ifMatch = row?.etag ?? (mayReplace ? row?.thereEtag : undefined);
    return ifMatch ? { ifMatch } : { ifAbsent: true };
  }

  private async _addSmall(change: IChange): Promise<void> {
    const small = await this._each(change, () => this._read(change));
    if (small) {
      this._small.push(small);
      this._smallBytes += small.content.length;
    }
    const { length } = this._small;
    if (length >= BULK_FILES || this._smallBytes >= BULK_BYTES) {
      await this._sendSmall();
    }
  }

  /** @returns undefined when it changed while it was read: its turn comes again. */
  private async _read({ path: at }: IChange): Promise<ISmall | undefined> {
    const file = path.join(this._parts.root, at);
    const before = await look(file);
    const content = before?.isFile() ? await readFile(file) : undefined;
    const after = await look(file);
    if (!content || !before || before.mtimeNs !== after?.mtimeNs) {
      this._isAgain = true;
      return undefined;
    }
    const hash = createHash('sha256').update(content).digest('hex');
    const mtimeNs = String(before.mtimeNs);
    return {
      path: joined(this._parts.remotePath, at),
      content,
      modifiedS: Number(before.mtimeNs / 1_000_000_000n),
      local: { path: at, bytes: content.length, mtimeNs, hash }
    };
  }

  private async _sendSmall(): Promise<void> {
    const { manifest, remote, task } = this._parts;
    const small = this._small;
    this._small = [];
    this._smallBytes = 0;
    if (small.length === 0) {
      return;
    }
    const files = small.map(({ local: _local, ...file }) => file);
    manifest.sending(small.map(({ local }) => local));
    const results = await remote.writeMany(files, task.signal);
    const byPath = new Map(results.map(result => [result.path, result]));
    const same: ISame[] = [];
    for (const { path: at, local } of small) {
      const { etag, refused = 'the server said nothing of it' } =
        byPath.get(at) ?? {};
      if (etag) {
        same.push({ ...local, etag });
        this._done(local.bytes);
      } else {
        task.failed(local.path, refused);
      }
    }
    manifest.same(same);
  }

  /** What is wrong with one file does not stop the others. One that the cloud changed meanwhile is looked at in the next round. */
  private async _each<T>(
    { path: at }: IChange,
    work: () => Promise<T>
  ): Promise<T | undefined> {
    const { task } = this._parts;
    try {
      return await work();
    } catch (error) {
      task.signal.throwIfAborted();
      const said: DeepError = asDeepError(error);
      if (isCommon(said) || said.key === 'storage-full') {
        throw said;
      }
      if (said.key === 'conflict' && !this._conflicts.has(at)) {
        this._conflicts.add(at);
        this._isAgain = true;
        task.log(`${at}: changed in the cloud meanwhile`);
      } else {
        task.failed(at, said.message);
      }
      return undefined;
    }
  }

  private _done(bytes: number): void {
    this._files += 1;
    this._bytes += bytes;
    this._parts.task.tell({ doneFiles: this._files, doneBytes: this._bytes });
  }

  private _small: ISmall[] = [];
  private _smallBytes = 0;
  private _files = 0;
  private _bytes = 0;
  private _isAgain = false;
  private readonly _conflicts = new Set<string>();
}

/** Fewer and larger reads than by default. */
const PIECE_BYTES = 256 * 1024;

export function bytesOf(
  file: string,
  sizeBytes: number,
  modifiedS: number
): IBytes {
  const open: IBytes['open'] = range =>
    createReadStream(file, {
      ...(range && { start: range.start, end: range.end - 1 }),
      highWaterMark: PIECE_BYTES
    });
  return { sizeBytes, modifiedS, open };
}

function noteUpload(manifest: Manifest, at: string, note: IUploadNote): void {
  manifest.run(
    `INSERT INTO files (path, parent, upload) VALUES (?1, ?2, ?3)
     ON CONFLICT (path) DO UPDATE SET upload = ?3`,
    ...[at, parentOf(at), JSON.stringify(note)]
  );
}

/** An upload that a kill broke off goes on only with the very same file. */
function uploadOf(
  row: IManifestFile | undefined,
  bytes: number,
  mtimeNs: string
): IUploadNote['upload'] | undefined {
  const note: IUploadNote | undefined = row?.upload
    ? JSON.parse(row.upload)
    : undefined;
  const isSame = note?.mtimeNs === mtimeNs && note.upload.sizeBytes === bytes;
  return isSame ? note?.upload : undefined;
}

function unlessGone(error: unknown): void {
  if (asDeepError(error).key !== 'not-found') {
    throw error;
  }
}
