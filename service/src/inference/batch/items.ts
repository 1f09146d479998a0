import { SQLOutputValue } from 'node:sqlite';
import { setImmediate as breathe } from 'node:timers/promises';
import {
  BatchItem,
  BatchItemState,
  DeepError,
  Problem
} from '@jupyterlab-deep/protocol';
import { IFoundFile } from '@jupyterlab-deep/kernel-helpers/files/findFiles';
import { RowsDatabase } from '../../store/rowsDatabase';
import { IAbout } from './about';
import { ItemLabels } from './itemLabels';

/** What brings a database from each version to the next. */
const STEPS = [
  `
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE items (
    item INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    sizeBytes INTEGER NOT NULL,
    modifiedMs REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    ended INTEGER,
    seconds REAL,
    label TEXT,
    probability REAL,
    answer TEXT,
    file TEXT,
    note TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX itemsByEnd ON items (state, ended);
  CREATE INDEX itemsInOrder ON items (ended) WHERE ended IS NOT NULL;
`,
  `
  ALTER TABLE items ADD COLUMN truth TEXT;
  ALTER TABLE items ADD COLUMN truthProbability REAL;
  CREATE TABLE labels (path TEXT PRIMARY KEY, label TEXT NOT NULL) STRICT, WITHOUT ROWID;
`
];
/** Rows of one transaction where all may be many: the event loop gets its turn between two. */
const ROWS_AT_ONCE = 2_000;

/** Answers of one page, beyond its first item. */
const PAGE_CHARACTERS = 4 * 1024 * 1024;

/** A file that waits for its turn. */
export interface IWaiting {
  item: number;
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  attempts: number;
  /** What it is, in an evaluation. */
  truth: string | null;
}

/** A file as it is written down. */
export interface IListedFile extends IFoundFile {
  truth?: string;
}

/** A part of the items. */
export interface IPageQuery {
  state?: BatchItemState;
  /** Only what ended after this place in the order, in that order. */
  after?: number;
  offset: number;
  limit: number;
}

/** How an item ended. */
export interface IEnd {
  item: number;
  seconds: number;
  note?: string;
  label?: string;
  probability?: number;
  truthProbability?: number;
  /** JSON text. */
  answer?: string;
  file?: string;
  error?: Problem;
}

/** A row of an ended item. */
export interface IEndedRow {
  item: number;
  path: string;
  state: 'done' | 'failed';
  ended: number;
  seconds: number;
  label: string | null;
  probability: number | null;
  truth: string | null;
  truthProbability: number | null;
  answer: string | null;
  file: string | null;
  note: string | null;
  error: string | null;
}

export interface ICounts {
  waiting: number;
  done: number;
  failed: number;
}

/** The items of one batch, a row each. */
export class BatchItems extends RowsDatabase {
  /** @throws Error of SQLite when it is damaged or missing. */
  static open(file: string): BatchItems {
    return new BatchItems(file);
  }

  private constructor(file: string) {
    super(file, STEPS);
    this.labels = new ItemLabels(
      text => this._sql(text),
      work => this.transact(work)
    );
    this._counts = this._count();
    const last = this._sql('SELECT max(ended) AS last FROM items').get();
    this._lastEnded = Number(last?.last ?? 0);
  }

  /** Of an evaluation. */
  readonly labels: ItemLabels;

  get counts(): Readonly<ICounts> {
    return this._counts;
  }

  get total(): number {
    const { waiting, done, failed } = this._counts;
    return waiting + done + failed;
  }

  /** What was noted under a name. */
  about<K extends keyof IAbout>(name: K): IAbout[K] | undefined {
    return this.read(name) as IAbout[K] | undefined;
  }

  note<K extends keyof IAbout>(name: K, value: IAbout[K]): void {
    this.write(name, value);
  }

  forget(name: keyof IAbout): void {
    this._sql('DELETE FROM about WHERE name = ?').run(name);
  }

  /** Forget a listing that was broken off. */
  clear(): void {
    this._sql('DELETE FROM items').run();
    this._counts = { waiting: 0, done: 0, failed: 0 };
  }

  /** Write listed files down, in their order. */
  add(files: readonly IListedFile[]): void {
    const insert = this._sql(
      'INSERT INTO items (item, path, sizeBytes, modifiedMs, note, truth) VALUES (?, ?, ?, ?, ?, ?)'
    );
    this.transact(() => {
      for (const { path, sizeBytes, modifiedMs, ...rest } of files) {
        const { unreadable: note = null, truth = null } = rest;
        insert.run(this.total, path, sizeBytes, modifiedMs, note, truth);
        this._counts.waiting += 1;
      }
    });
  }

  /** The next that wait, after the item of this number. */
  waiting(after: number, limit: number): IWaiting[] {
    return this._sql(
      `SELECT item, path, sizeBytes, modifiedMs, attempts, truth FROM items
       WHERE item > ? AND state = 'waiting' ORDER BY item LIMIT ?`
    ).all(after, limit) as unknown as IWaiting[];
  }

  /** A try that gave no answer. */
  noteAttempt(item: number, attempts: number): void {
    this._sql('UPDATE items SET attempts = ? WHERE item = ?').run(
      attempts,
      item
    );
  }

  /** Write ends down, all or none, each with its place in the order. An item that has ended stays as it is. */
  end(ends: readonly IEnd[]): void {
    const update = this._sql(
      `UPDATE items SET state = ?, ended = ?, seconds = ?, label = ?, probability = ?, truthProbability = ?, answer = ?, file = ?, note = ?, error = ?
       WHERE item = ? AND state = 'waiting'`
    );
    const counts = { ...this._counts };
    let last = this._lastEnded;
    this.transact(() => {
      for (const end of ends) {
        const state = end.error ? 'failed' : 'done';
        const { changes } = update.run(state, last + 1, ...columnsOf(end));
        if (Number(changes) > 0) {
          last += 1;
          counts[state] += 1;
          counts.waiting -= 1;
        }
      }
    });
    this._counts = counts;
    this._lastEnded = last;
  }

  /** Items that ended after the one of this place, in their order. */
  endedAfter(order: number, limit: number): IEndedRow[] {
    return this._sql(
      'SELECT * FROM items WHERE ended > ? ORDER BY ended LIMIT ?'
    ).all(order, limit) as unknown as IEndedRow[];
  }

  /** Some items, ended ones the newest first: what a person looks at while more come. */
  page(query: IPageQuery): BatchItem[] {
    const page: BatchItem[] = [];
    let characters = 0;
    for (const row of this._select(query)) {
      page.push(asItem(row));
      characters += String(row.answer ?? '').length;
      if (characters > PAGE_CHARACTERS) {
        break;
      }
    }
    return page;
  }

  private _select({
    state,
    after,
    offset,
    limit
  }: IPageQuery): Iterable<Record<string, SQLOutputValue>> {
    if (after !== undefined) {
      return this._sql(
        'SELECT * FROM items WHERE ended > ? ORDER BY ended LIMIT ?'
      ).iterate(after, limit);
    }
    const which = state ? 'state = ?' : 'ended IS NOT NULL';
    const order = state === 'waiting' ? 'item' : 'ended DESC';
    return this._sql(
      `SELECT * FROM items WHERE ${which} ORDER BY ${order} LIMIT ? OFFSET ?`
    ).iterate(...(state ? [state] : []), limit, offset);
  }

  /** @throws DeepError `not-found` */
  get(item: number): BatchItem {
    const row = this._sql('SELECT * FROM items WHERE item = ?').get(item);
    if (!row) {
      throw new DeepError('not-found', `This batch has no item ${item}.`);
    }
    return asItem(row);
  }

  /** Why the first that failed did. */
  firstError(): Problem | undefined {
    const row = this._sql(
      "SELECT error FROM items WHERE state = 'failed' ORDER BY ended LIMIT 1"
    ).get();
    return row && JSON.parse(String(row.error));
  }

  /** Let all that failed wait again. */
  async retryFailed(): Promise<number> {
    const update = this._sql(
      `UPDATE items SET state = 'waiting', attempts = 0, ended = NULL, error = NULL, note = NULL
       WHERE item IN (SELECT item FROM items WHERE state = 'failed' LIMIT ${ROWS_AT_ONCE})`
    );
    let retried = 0;
    for (;;) {
      const { changes } = update.run();
      if (Number(changes) === 0) {
        break;
      }
      retried += Number(changes);
      await breathe();
    }
    this._counts = this._count();
    return retried;
  }

  private _count(): ICounts {
    const counts: ICounts = { waiting: 0, done: 0, failed: 0 };
    const rows = this._sql(
      'SELECT state, count(*) AS count FROM items GROUP BY state'
    ).all();
    for (const { state, count } of rows) {
      counts[state as keyof ICounts] = Number(count);
    }
    return counts;
  }

  private _counts: ICounts;
  private _lastEnded: number;
}

const columnsOf = (end: IEnd): (string | number | null)[] => [
  end.seconds,
  end.label ?? null,
  end.probability ?? null,
  end.truthProbability ?? null,
  end.answer ?? null,
  end.file ?? null,
  end.note ?? null,
  end.error ? JSON.stringify(end.error) : null,
  end.item
];

function asItem(row: Record<string, SQLOutputValue>): BatchItem {
  const item = {
    ...row,
    order: row.ended,
    answer: row.answer === null ? null : JSON.parse(String(row.answer)),
    error: row.error === null ? null : JSON.parse(String(row.error))
  };
  const isShown = ([name, value]: [string, unknown]): boolean =>
    value !== null && !HIDDEN.includes(name);
  return Object.fromEntries(
    Object.entries(item).filter(isShown)
  ) as unknown as BatchItem;
}

const HIDDEN = ['sizeBytes', 'modifiedMs', 'attempts', 'ended'];
