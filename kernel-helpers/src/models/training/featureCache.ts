import { mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** The oldest are forgotten beyond this. */
const MAX_BYTES = 1024 ** 3;
const BUSY_MS = 10_000;
/** Written together. */
const HELD = 256;

/**
 * Features of pictures by the content of their files, kept on disk for one network and its preparation. What is damaged is begun
 * anew: everything in it can be computed again.
 */
export class FeatureCache {
  /**
   * @param folder - Of all caches; made when missing.
   * @param key - Of the network and its preparation.
   * @param width - Numbers of one picture.
   */
  static open(folder: string, key: string, width: number): FeatureCache {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new FeatureCache(path.join(folder, `${key}.sqlite`), width);
  }

  private constructor(
    private readonly _file: string,
    private readonly _width: number
  ) {
    this._database = new DatabaseSync(_file);
    this._database.exec(
      `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL;
       CREATE TABLE IF NOT EXISTS features (hash BLOB PRIMARY KEY, used INTEGER NOT NULL, numbers BLOB NOT NULL) WITHOUT ROWID`
    );
    this._get = this._database.prepare(
      'SELECT numbers FROM features WHERE hash = ?'
    );
  }

  /** @param hash - SHA-256 of the file's content. */
  get(hash: Uint8Array): Float32Array | undefined {
    const row = this._get.get(hash) as { numbers: Uint8Array } | undefined;
    if (row?.numbers.byteLength !== this._width * 4) {
      return undefined;
    }
    // A copy: a view of these bytes may not begin at a multiple of four.
    return new Float32Array(Uint8Array.from(row.numbers).buffer);
  }

  add(hash: Uint8Array, numbers: Float32Array): void {
    this._held.push([hash, numbers]);
    if (this._held.length >= HELD) {
      this._write();
    }
  }

  /** Writes what is held, forgets the oldest when there are too many. */
  close(): void {
    try {
      this._write();
      if (statSync(this._file).size > MAX_BYTES) {
        this._database.exec(
          `DELETE FROM features WHERE hash IN
             (SELECT hash FROM features ORDER BY used LIMIT (SELECT count(*) / 4 FROM features))`
        );
      }
    } finally {
      this._database.close();
    }
  }

  private _write(): void {
    const now = Date.now();
    this._database.exec('BEGIN IMMEDIATE');
    try {
      const put = this._database.prepare(
        'INSERT OR REPLACE INTO features VALUES (?, ?, ?)'
      );
      for (const [hash, numbers] of this._held) {
        const { buffer, byteOffset, byteLength } = numbers;
        put.run(hash, now, new Uint8Array(buffer, byteOffset, byteLength));
      }
      this._database.exec('COMMIT');
    } catch (error) {
      this._database.exec('ROLLBACK');
      throw error;
    }
    this._held = [];
  }

  private readonly _database: DatabaseSync;
  private readonly _get: StatementSync;
  private _held: [Uint8Array, Float32Array][] = [];
}
