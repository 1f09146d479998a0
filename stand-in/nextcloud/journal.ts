import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync
} from 'node:fs';

/** A map whose changes are in the journal. Change an object and `set` it again. */
export class Table<T> {
  constructor(rows: Map<string, T>, write: (id: string, row?: T) => void) {
    this._rows = rows;
    this._write = write;
  }

  get(id: string | number): T | undefined {
    return this._rows.get(String(id));
  }

  values(): T[] {
    return [...this._rows.values()];
  }

  entries(): [string, T][] {
    return [...this._rows.entries()];
  }

  set(id: string | number, row: T): T {
    this._rows.set(String(id), row);
    this._write(String(id), row);
    return row;
  }

  delete(id: string | number): boolean {
    const isThere = this._rows.delete(String(id));
    if (isThere) {
      this._write(String(id));
    }
    return isThere;
  }

  private readonly _rows: Map<string, T>;
  private readonly _write: (id: string, row?: T) => void;
}

/**
 * Tables kept as one file of JSON lines, the last of an id wins. Each line is one write, so a killed process leaves all that it
 * answered for.
 */
export class Journal {
  constructor(file: string) {
    this._replay(file);
    this._compact(file);
    this._file = openSync(file, 'a');
  }

  table<T>(name: string): Table<T> {
    const rows = this._rowsOf(name) as Map<string, T>;
    return new Table(rows, (id, row) => this._append([name, id, row ?? null]));
  }

  /** Many changes, one write: for filling. */
  batch<T>(work: () => T): T {
    this._held = [];
    try {
      return work();
    } finally {
      const lines = this._held.join('');
      this._held = undefined;
      writeSync(this._file, lines);
    }
  }

  close(): void {
    closeSync(this._file);
    this._isClosed = true;
  }

  private _append(line: unknown[]): void {
    const text = `${JSON.stringify(line)}\n`;
    if (this._held) {
      this._held.push(text);
    } else if (!this._isClosed) {
      writeSync(this._file, text);
    }
  }

  private _replay(file: string): void {
    const lines = existsSync(file) ? readFileSync(file, 'utf8') : '';
    for (const line of lines.split('\n').slice(0, -1)) {
      const [name, id, row] = JSON.parse(line);
      const rows = this._rowsOf(name);
      if (row === null) {
        rows.delete(id);
      } else {
        rows.set(id, row);
      }
    }
  }

  private _compact(file: string): void {
    const lines: string[] = [];
    for (const [name, rows] of this._tables) {
      for (const [id, row] of rows) {
        lines.push(`${JSON.stringify([name, id, row])}\n`);
      }
    }
    writeFileSync(`${file}.new`, lines.join(''));
    renameSync(`${file}.new`, file);
  }

  private _rowsOf(name: string): Map<string, unknown> {
    const rows = this._tables.get(name) ?? new Map();
    this._tables.set(name, rows);
    return rows;
  }

  private readonly _tables = new Map<string, Map<string, unknown>>();
  private readonly _file: number;
  private _held: string[] | undefined;
  private _isClosed = false;
}
