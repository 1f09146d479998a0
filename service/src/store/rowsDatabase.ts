import { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * Rows in a database of their own, apart from the store's: a million of them neither slow down its opening nor stay in it when
 * they go. Only the service that holds the store's lock opens it, so that its log of changes needs no memory shared between
 * processes, which network homes do not have.
 */
export abstract class RowsDatabase {
  /**
   * @param steps What brings it from each version to the next. Of a large one each must be quick: somebody waits for the opening.
   * @throws Error of SQLite when it is damaged, or cannot be made.
   */
  protected constructor(file: string, steps: readonly string[]) {
    this._database = new DatabaseSync(file);
    // Small steps from the log into the database: each is waited for by the event loop (24 ms at most; 50 with the default).
    this._database.exec(
      `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
       PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 200`
    );
    const row = this._database.prepare('PRAGMA user_version').get();
    const version = Number(row?.user_version);
    if (version < steps.length) {
      this.transact(() => {
        steps.slice(version).forEach(step => this._database.exec(step));
        this._database.exec(`PRAGMA user_version = ${steps.length}`);
      });
    }
  }

  /** All or none. */
  transact(work: () => void): void {
    if (this._database.isTransaction) {
      work();
      return;
    }
    this._database.exec('BEGIN');
    try {
      work();
      this._database.exec('COMMIT');
    } catch (error) {
      // A full disk has already rolled it back.
      if (this._database.isTransaction) {
        this._database.exec('ROLLBACK');
      }
      throw error;
    }
  }

  /** What was written under a name, in the table `about` that each has. */
  read(name: string): unknown {
    const row = this._sql('SELECT value FROM about WHERE name = ?').get(name);
    return row && JSON.parse(String(row.value));
  }

  write(name: string, value: unknown): void {
    this._sql('INSERT OR REPLACE INTO about VALUES (?, ?)').run(
      name,
      JSON.stringify(value)
    );
  }

  get storedBytes(): number {
    const row = this._sql(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()'
    ).get();
    return Number(row?.bytes);
  }

  close(): void {
    this._statements.clear();
    this._database.close();
  }

  /** Each statement is compiled once. */
  protected _sql(text: string): StatementSync {
    const known = this._statements.get(text) ?? this._database.prepare(text);
    this._statements.set(text, known);
    return known;
  }

  private readonly _database: DatabaseSync;
  private readonly _statements = new Map<string, StatementSync>();
}
