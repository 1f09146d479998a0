import { SQLInputValue } from 'node:sqlite';
import { DatasetConflict, DatasetCounts } from '@jupyterlab-deep/protocol';
import { RowsDatabase } from '../../../store/rowsDatabase';
import type { IChunkedUpload } from '../../remoteFiles';

/** What brings it from each version to the next. */
const STEPS = [
  `
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE files (
    path TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    thereEtag TEXT,
    thereBytes INTEGER NOT NULL DEFAULT 0,
    thereS REAL,
    etag TEXT,
    bytes INTEGER NOT NULL DEFAULT 0,
    mtimeNs TEXT,
    hash TEXT,
    isSelected INTEGER NOT NULL DEFAULT 1,
    skipped TEXT,
    seen INTEGER NOT NULL DEFAULT 0,
    upload TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX filesByFolder ON files (parent, path);
  CREATE TABLE folders (
    path TEXT PRIMARY KEY,
    parent TEXT,
    etag TEXT,
    newEtag TEXT,
    seen INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX foldersByFolder ON folders (parent, path);
  CREATE TABLE changes (
    path TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    scan INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conflicts (
    path TEXT NOT NULL,
    copy TEXT PRIMARY KEY,
    foundAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE landings (
    path TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    mtimeNs TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sent (
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (path, hash)
  ) STRICT, WITHOUT ROWID;
`
];

/** In the cloud, to be had here, and not here as it is there. */
export const WANTED =
  'isSelected = 1 AND skipped IS NULL AND thereEtag IS NOT NULL AND thereEtag IS NOT etag';

/** A file as the cloud has it and as it lies here. */
export interface IManifestFile {
  path: string;
  /** Null: the cloud has it no more. */
  thereEtag: string | null;
  thereBytes: number;
  /** Seconds since 1970. */
  thereS: number | null;
  /** What the cloud had when here and there were last the same; null: never. */
  etag: string | null;
  bytes: number;
  mtimeNs: string | null;
  /** SHA-256 in hex. */
  hash: string | null;
  upload: string | null;
}

/** What a file is here, when it is as in the cloud. */
export interface ISame {
  path: string;
  etag: string;
  bytes: number;
  mtimeNs: string;
  hash: string;
}

/** A file that is not as it was when here and there were the same. */
export interface IChange {
  path: string;
  kind: 'new' | 'changed' | 'deleted';
  bytes: number;
}

/** A file on its way up, to be gone on with as long as it stays the same. */
export interface IUploadNote {
  upload: IChunkedUpload;
  mtimeNs: string;
}

/** Where a folder's path begins and ends in the order of paths. */
export const below = (folder: string): [string, string] =>
  folder === '' ? ['', '\u{10ffff}'] : [`${folder}/`, `${folder}0`];

/** What is known of the files of one copied dataset, a row each, so that memory does not grow with their number. */
export class Manifest extends RowsDatabase {
  constructor(file: string) {
    super(file, STEPS);
  }

  about<T>(name: string): T | undefined {
    return this.read(name) as T | undefined;
  }

  note(name: string, value: unknown): void {
    this.write(name, value);
  }

  /** A number that no walk or scan had before. */
  nextNumber(): number {
    const next = (this.about<number>('number') ?? 0) + 1;
    this.note('number', next);
    return next;
  }

  file(path: string): IManifestFile | undefined {
    return this.all<IManifestFile>(
      'SELECT * FROM files WHERE path = ?',
      path
    )[0];
  }

  /** Here and there are the same now. */
  same(files: readonly ISame[]): void {
    this.transact(() => {
      for (const { path, etag, bytes, mtimeNs, hash } of files) {
        this.run(
          `INSERT INTO files (path, parent, thereEtag, thereBytes, etag, bytes, mtimeNs, hash)
           VALUES (?1, ?2, ?3, ?4, ?3, ?4, ?5, ?6)
           ON CONFLICT (path) DO UPDATE SET thereEtag = ?3, thereBytes = ?4, etag = ?3, bytes = ?4, mtimeNs = ?5,
             hash = ?6, isSelected = 1, skipped = NULL, upload = NULL`,
          ...[path, parentOf(path), etag, bytes, mtimeNs, hash]
        );
        this.run('DELETE FROM changes WHERE path = ?', path);
        this.run('DELETE FROM landings WHERE path = ?', path);
        this.run('DELETE FROM sent WHERE path = ?', path);
      }
    });
  }

  /** These get their names now: after a kill, the next service knows them by this. */
  landing(files: readonly ISame[]): void {
    this.transact(() => {
      for (const { path, etag, bytes, mtimeNs, hash } of files) {
        this.run(
          'INSERT OR REPLACE INTO landings VALUES (?, ?, ?, ?, ?)',
          ...[path, etag, bytes, mtimeNs, hash]
        );
      }
    });
  }

  /** These go to the cloud now: should they come back after a kill, they are known for our own. */
  sending(files: readonly Pick<ISame, 'path' | 'hash'>[]): void {
    this.transact(() => {
      for (const { path, hash } of files) {
        this.run('INSERT OR REPLACE INTO sent VALUES (?, ?)', path, hash);
      }
    });
  }

  hasSent(path: string, hash: string): boolean {
    const sql = 'SELECT 1 FROM sent WHERE path = ? AND hash = ?';
    return this.all(sql, path, hash).length > 0;
  }

  /** It is neither here nor there. */
  forget(path: string): void {
    this.run('DELETE FROM files WHERE path = ?', path);
    this.run('DELETE FROM changes WHERE path = ?', path);
  }

  get here(): DatasetCounts {
    return this._count('files', 'bytes', 'etag IS NOT NULL');
  }

  get there(): DatasetCounts {
    return this._count('files', 'thereBytes', 'thereEtag IS NOT NULL');
  }

  get waiting(): DatasetCounts {
    return this._count('changes', 'bytes', 'TRUE');
  }

  get wanted(): DatasetCounts {
    return this._count('files', 'thereBytes', WANTED);
  }

  get conflicts(): DatasetConflict[] {
    return this.all('SELECT path, copy, foundAt FROM conflicts');
  }

  addConflict({ path, copy, foundAt }: DatasetConflict): void {
    this.run('INSERT INTO conflicts VALUES (?, ?, ?)', path, copy, foundAt);
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this._sql(sql).all(...values) as unknown as T[];
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this._sql(sql).run(...values);
  }

  private _count(table: string, bytes: string, which: string): DatasetCounts {
    const sql = `SELECT count(*) AS files, coalesce(sum(${bytes}), 0) AS bytes FROM ${table} WHERE ${which}`;
    const [{ files, bytes: sum }] = this.all<DatasetCounts>(sql);
    return { files, bytes: sum };
  }
}

export const parentOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';

export const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('/') + 1);
