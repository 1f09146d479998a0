import { mkdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { versionOf } from './database';
import { storeFailure } from './diskErrors';

/** A row of a table whose content is one JSON document. */
export interface IRow {
  document: string;
  [column: string]: unknown;
}

/** The state of everything: tables in SQLite, contents in folders beside it. */
export class Store {
  constructor(
    readonly folder: string,
    database: DatabaseSync
  ) {
    this._database = database;
  }

  get version(): number {
    return versionOf(this._database);
  }

  /** Run a statement that changes something. Failures for want of space come as DeepError `no-space`. */
  write(sql: string, ...values: SQLInputValue[]): void {
    try {
      this._database.prepare(sql).run(...values);
    } catch (error) {
      throw storeFailure(error, this.folder);
    }
  }

  read(sql: string, ...values: SQLInputValue[]): IRow[] {
    return this._database.prepare(sql).all(...values) as unknown as IRow[];
  }

  /** A folder of its own for one thing, such as `runs/<id>`; made when it is not there. */
  async makeFolder(kind: string, id: string): Promise<string> {
    const folder = this.folderOf(kind, id);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw storeFailure(error, this.folder);
    }
    return folder;
  }

  folderOf(kind: string, id: string): string {
    return path.join(this.folder, kind, id);
  }

  async removeFolder(kind: string, id: string): Promise<void> {
    await rm(this.folderOf(kind, id), { recursive: true, force: true });
  }

  async size(): Promise<{ sizeBytes: number; freeBytes: number }> {
    const { bavail, bsize } = await statfs(this.folder);
    const [row] = this.read(
      'SELECT page_count * page_size AS sizeBytes FROM pragma_page_count(), pragma_page_size()'
    );
    return { sizeBytes: Number(row.sizeBytes), freeBytes: bavail * bsize };
  }

  close(): void {
    this._database.close();
  }

  private readonly _database: DatabaseSync;
}
