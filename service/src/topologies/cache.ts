import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ICarried, ITopologyFile } from './token';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    value TEXT,
    contentType TEXT,
    name TEXT,
    sizeBytes INTEGER NOT NULL,
    usedAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS answersByUse ON answers (usedAt);
  CREATE TABLE IF NOT EXISTS apis (module TEXT PRIMARY KEY, api TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
const MOST_BYTES = 2 * 1024 ** 3;
/** So much is left free, so that not every new answer looks for some. */
const FREED_SHARE = 0.1;
/** An answer counts as used again only after a while: each note of it is a write. */
const USE_MS = 3_600_000;
/** A row beside its value, roughly. */
const ROW_BYTES = 300;

/** What a module said of itself when it was last asked. */
export interface IKnownApi {
  predict: unknown;
  accepts: string[];
  /** Of the module's files and version then. */
  stamp: string;
  fingerprint: string;
}

/** Answers of modules by what they were asked, over all runs; the longest unused go first where they are too many. */
export class TopologyCache {
  constructor(
    private readonly _folder: string,
    private readonly _mostBytes = MOST_BYTES
  ) {}

  /** Key of a question: the same parts give the same. */
  static keyOf(...parts: unknown[]): string {
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }

  async open(): Promise<void> {
    this._opening ??= this._open();
    await this._opening;
  }

  /** A file of it lies in the cache: `takeFile` makes it the run's own. */
  get(key: string): ICarried | undefined {
    const row = this._database
      ?.prepare('SELECT * FROM answers WHERE key = ?')
      .get(key);
    if (!row) {
      return undefined;
    }
    if (Number(row.usedAt) < Date.now() - USE_MS) {
      this._database!.prepare(
        'UPDATE answers SET usedAt = ? WHERE key = ?'
      ).run(Date.now(), key);
    }
    if (row.value !== null) {
      return { value: JSON.parse(String(row.value)) };
    }
    return {
      file: {
        name: String(row.name),
        contentType: String(row.contentType),
        sizeBytes: Number(row.sizeBytes) - ROW_BYTES,
        path: this._fileOf(key)
      }
    };
  }

  /** Failures of the cache are no failures of the run: then it is asked again another time. */
  async put(key: string, { value, file }: ICarried): Promise<void> {
    try {
      const text = file ? null : JSON.stringify(value ?? null);
      const sizeBytes = ROW_BYTES + (file?.sizeBytes ?? text!.length);
      if (sizeBytes > this._mostBytes / 10) {
        return;
      }
      if (file) {
        await mkdir(path.dirname(this._fileOf(key)), { recursive: true });
        await rm(this._fileOf(key), { force: true });
        await link(file.path, this._fileOf(key));
      }
      const before = this._database
        ?.prepare('SELECT sizeBytes FROM answers WHERE key = ?')
        .get(key);
      this._database
        ?.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)')
        .run(
          ...[key, text, file?.contentType ?? null, file?.name ?? null],
          ...[sizeBytes, Date.now()]
        );
      // Two runs may have asked the same at the same time.
      this._bytes += sizeBytes - Number(before?.sizeBytes ?? 0);
      await this._prune();
    } catch {
      // Said above.
    }
  }

  api(module: string): IKnownApi | undefined {
    const row = this._database
      ?.prepare('SELECT api FROM apis WHERE module = ?')
      .get(module);
    return row && JSON.parse(String(row.api));
  }

  noteApi(module: string, api: IKnownApi): void {
    const text = JSON.stringify(api);
    if (JSON.stringify(this.api(module)) !== text) {
      this._database
        ?.prepare('INSERT OR REPLACE INTO apis VALUES (?, ?)')
        .run(module, text);
    }
  }

  get bytes(): number {
    return this._bytes;
  }

  close(): void {
    this._database?.close();
    this._database = undefined;
  }

  private async _open(): Promise<void> {
    await mkdir(this._folder, { recursive: true, mode: 0o700 });
    const file = path.join(this._folder, 'cache.sqlite');
    try {
      this._database = this._connect(file);
    } catch {
      // Nothing of value is in it: a damaged one is begun anew.
      await rm(this._folder, { recursive: true, force: true });
      await mkdir(this._folder, { recursive: true, mode: 0o700 });
      this._database = this._connect(file);
    }
  }

  private _connect(file: string): DatabaseSync {
    const database = new DatabaseSync(file);
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL'
    );
    database.exec(SCHEMA);
    const row = database
      .prepare('SELECT coalesce(sum(sizeBytes), 0) AS bytes FROM answers')
      .get();
    this._bytes = Number(row?.bytes);
    return database;
  }

  private async _prune(): Promise<void> {
    if (this._bytes <= this._mostBytes || !this._database) {
      return;
    }
    const target = this._mostBytes * (1 - FREED_SHARE);
    const oldest = this._database.prepare(
      'SELECT key, value IS NULL AS isFile, sizeBytes FROM answers ORDER BY usedAt LIMIT 500'
    );
    const remove = this._database.prepare('DELETE FROM answers WHERE key = ?');
    while (this._bytes > target) {
      const rows = oldest.all();
      if (rows.length === 0) {
        return;
      }
      for (const { key, isFile, sizeBytes } of rows) {
        if (this._bytes <= target) {
          return;
        }
        remove.run(String(key));
        this._bytes -= Number(sizeBytes);
        if (isFile) {
          await rm(this._fileOf(String(key)), { force: true });
        }
      }
    }
  }

  private _fileOf(key: string): string {
    return path.join(this._folder, 'files', key.slice(0, 2), key);
  }

  private _database?: DatabaseSync;
  private _opening?: Promise<void>;
  private _bytes = 0;
}

/** Names a file after its content, in a folder of a run; it is there once however often it comes. */
export async function keepFile(
  folder: string,
  bytes: Uint8Array,
  { name, contentType }: { name: string; contentType: string }
): Promise<ITopologyFile> {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const place = path.join(folder, `${hash}${path.extname(name)}`);
  const sizeBytes = bytes.byteLength;
  const kept = { name, contentType, sizeBytes, path: place, hash };
  const present = await stat(place).catch(() => undefined);
  if (present?.size === sizeBytes) {
    return kept;
  }
  // Thousands may come in a second: a kill leaves none of them half written, and after a cut of the power they are made again.
  const fresh = `${place}.${randomBytes(4).toString('hex')}`;
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(fresh, bytes);
    await rename(fresh, place);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  return kept;
}

/** Makes a file of the cache the run's own, which outlives what the cache forgets. */
export async function takeFile(
  folder: string,
  key: string,
  file: ITopologyFile
): Promise<ITopologyFile> {
  const place = path.join(folder, `${key}${path.extname(file.name)}`);
  await mkdir(folder, { recursive: true });
  await link(file.path, place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
  return { ...file, path: place };
}
