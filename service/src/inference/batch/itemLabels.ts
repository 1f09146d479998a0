import type { StatementSync } from 'node:sqlite';
import { setImmediate as breathe } from 'node:timers/promises';
import { Mistake, WORST_MISTAKES } from '@jupyterlab-deep/protocol';

/** Rows that are looked at, or deleted, between two turns of the event loop. */
const ROWS_AT_ONCE = 500;

const IS_WRONG = `state = 'done' AND truth IS NOT NULL AND label IS NOT NULL AND label <> truth`;

/** How often a class was found for a class, among some items. */
export interface IPairCount {
  truth: string;
  /** null: of items that failed. */
  label: string | null;
  count: number;
  /** Whether any of these answers tells of the true class at all. */
  isKnown: boolean;
}

/** A row of a list of labels. */
export interface IListed {
  /** Below the batch's folder. */
  path: string;
  label: string;
}

/** What an evaluation asks of the items' database: the list of labels while files are listed, the outcome afterwards. */
export class ItemLabels {
  constructor(
    private readonly _sql: (text: string) => StatementSync,
    private readonly _inTransaction: (work: () => void) => void
  ) {}

  /** Begin, or begin anew: no label is known. */
  async begin(): Promise<void> {
    // Only evaluations have it: to make it in an old large batch would take long.
    this._sql(
      `CREATE INDEX IF NOT EXISTS itemsWrong ON items (probability DESC, item) WHERE ${IS_WRONG}`
    ).run();
    await this.forgetList();
  }

  /** @returns those that contradict what was put before. */
  put(rows: readonly IListed[]): IListed[] {
    const insert = this._sql('INSERT OR IGNORE INTO labels VALUES (?, ?)');
    const known = this._sql('SELECT label FROM labels WHERE path = ?');
    const contradictions: IListed[] = [];
    this._inTransaction(() => {
      for (const row of rows) {
        const isNew = Number(insert.run(row.path, row.label).changes) > 0;
        if (!isNew && known.get(row.path)?.label !== row.label) {
          contradictions.push(row);
        }
      }
    });
    return contradictions;
  }

  /** Labels of some files, by path; they are taken off the list. */
  take(paths: readonly string[]): ReadonlyMap<string, string> {
    const remove = this._sql(
      'DELETE FROM labels WHERE path = ? RETURNING label'
    );
    const found = new Map<string, string>();
    this._inTransaction(() => {
      for (const path of paths) {
        const row = remove.get(path);
        if (row) {
          found.set(path, String(row.label));
        }
      }
    });
    return found;
  }

  /** Of the list: what no file was found for. */
  rest(limit: number): { count: number; first: string[] } {
    const row = this._sql('SELECT count(*) AS count FROM labels').get();
    const first = this._sql('SELECT path FROM labels LIMIT ?').all(limit);
    return {
      count: Number(row?.count),
      first: first.map(({ path }) => String(path))
    };
  }

  async forgetList(): Promise<void> {
    const remove = this._sql(
      `DELETE FROM labels WHERE path IN (SELECT path FROM labels LIMIT ${ROWS_AT_ONCE})`
    );
    while (Number(remove.run().changes) > 0) {
      await breathe();
    }
  }

  /**
   * Count some items that ended after one of this place in the order.
   *
   * @returns undefined when there are no more.
   */
  countAfter(order: number): { last: number; pairs: IPairCount[] } | undefined {
    const rows = this._sql(
      `SELECT truth, label, count(*) AS count, max(ended) AS last, max(truthProbability) IS NOT NULL AS isKnown FROM (
         SELECT truth, iif(state = 'done', label, NULL) AS label, ended, truthProbability FROM items
         WHERE ended > ? ORDER BY ended LIMIT ${ROWS_AT_ONCE}
       ) GROUP BY truth, label`
    ).all(order);
    if (rows.length === 0) {
      return undefined;
    }
    return {
      last: Math.max(...rows.map(({ last }) => Number(last))),
      pairs: rows.map(({ truth, label, count, isKnown }) => ({
        truth: String(truth),
        label: label === null ? null : String(label),
        count: Number(count),
        isKnown: isKnown === 1
      }))
    };
  }

  /** The surest mistakes, of the first hundred. */
  worst(offset: number, limit: number): Mistake[] {
    const most = Math.max(0, Math.min(limit, WORST_MISTAKES - offset));
    return this._sql(
      `SELECT item, path, truth, label, probability, truthProbability FROM items INDEXED BY itemsWrong
       WHERE ${IS_WRONG} ORDER BY probability DESC, item LIMIT ? OFFSET ?`
    )
      .all(most, offset)
      .map(row => ({
        item: Number(row.item),
        path: String(row.path),
        label: String(row.truth),
        found: String(row.label),
        probability: Number(row.probability ?? 0),
        ...(row.truthProbability === null
          ? {}
          : { probabilityOfTrue: Number(row.truthProbability) })
      }));
  }
}
