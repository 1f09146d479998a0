import { DeepError, Problem, TopologyItem } from '@jupyterlab-deep/protocol';
import { RowsDatabase } from '../store/rowsDatabase';
import { columnsOf, rowOf, shown } from './recordRows';
import { RecordRetries } from './recordRetries';
import { STEPS } from './recordSchema';
import {
  ICollected,
  IItemRow,
  INodeCounts,
  IRowsQuery,
  IRunAbout,
  IWaitingOrigin
} from './recordShapes';

/** What a run has come to: a row for each thing that came out of a node. */
export class TopologyRecords extends RowsDatabase {
  /** @throws Error of SQLite when it is damaged or missing. */
  static open(file: string): TopologyRecords {
    return new TopologyRecords(file);
  }

  private constructor(file: string) {
    super(file, STEPS);
    this.retries = new RecordRetries(text => this._sql(text));
    this.recount();
  }

  /** Of what is done again; `recount` follows. */
  readonly retries: RecordRetries;

  /** Of works that have ended, by node. */
  get counts(): ReadonlyMap<string, INodeCounts> {
    return this._counts;
  }

  /** All that sources, and merges by key, have given so far. */
  get total(): number {
    return this._total;
  }

  /** Origins that nothing more will come of. */
  get done(): number {
    return this._done;
  }

  get lastItem(): number {
    const row = this._sql('SELECT max(item) AS last FROM items').get();
    return Math.max(Number(row?.last ?? 0), this.about('lastItem') ?? 0);
  }

  about<K extends keyof IRunAbout>(name: K): IRunAbout[K] | undefined {
    return this.read(name) as IRunAbout[K] | undefined;
  }

  note<K extends keyof IRunAbout>(name: K, value: IRunAbout[K]): void {
    this.write(name, value);
  }

  /** Forget a listing that was broken off. */
  clearOrigins(): void {
    this._sql('DELETE FROM origins').run();
    this._total = 0;
    this._done = 0;
  }

  /** Forget what a merge has given, of which nothing was begun. */
  removeOrigins(source: string): void {
    const { changes } = this._sql('DELETE FROM origins WHERE source = ?').run(
      source
    );
    this._total -= Number(changes);
  }

  addOrigins(origins: readonly Omit<IWaitingOrigin, 'origin'>[]): void {
    const insert = this._sql(
      'INSERT INTO origins (origin, source, name, given, parents) VALUES (?, ?, ?, ?, ?)'
    );
    this.transact(() => {
      for (const { source, name, given, parents } of origins) {
        const from = parents.length > 0 ? JSON.stringify(parents) : null;
        insert.run(this._total, source, name, JSON.stringify(given), from);
        this._total += 1;
      }
    });
  }

  /** The next that wait, from this one on. */
  waiting(from: number, limit: number): IWaitingOrigin[] {
    const rows = this._sql(
      `SELECT origin, source, name, given, parents FROM origins
       WHERE state = 'waiting' AND origin >= ? ORDER BY origin LIMIT ?`
    ).all(from, limit);
    return rows.map(({ given, parents, ...row }) => ({
      ...(row as unknown as IWaitingOrigin),
      given: JSON.parse(String(given)),
      parents: parents === null ? [] : JSON.parse(String(parents))
    }));
  }

  /** All before it are done. */
  get firstWaiting(): number {
    const row = this._sql(
      "SELECT min(origin) AS first FROM origins WHERE state = 'waiting'"
    ).get();
    return row?.first === null ? this._total : Number(row?.first);
  }

  /** Write down what has ended, all or none. */
  end(rows: readonly IItemRow[], origins: readonly number[]): void {
    const insert = this._sql(
      'INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
    );
    const collect = this._sql(
      'INSERT OR IGNORE INTO collected VALUES (?, ?, ?, ?, ?, ?, ?)'
    );
    const finish = this._sql(
      "UPDATE origins SET state = 'done' WHERE origin = ? AND state = 'waiting'"
    );
    let done = 0;
    this.transact(() => {
      for (const row of rows) {
        insert.run(...columnsOf(row));
        const { node, origin, firing, item, value, collected } = row;
        if (collected) {
          const { groupKey, sender } = collected;
          collect.run(
            ...[node, origin, firing, groupKey, item, sender, value ?? 'null']
          );
        }
      }
      done = origins.reduce(
        (sum, origin) => sum + Number(finish.run(origin).changes),
        0
      );
    });
    this._done += done;
    rows.filter(({ isFirst }) => isFirst).forEach(row => this._tally(row));
  }

  /** What a node has come to for one origin, before this service. */
  ended(node: string, origin: number): IItemRow[] {
    return this._sql(
      'SELECT * FROM items WHERE node = ? AND origin = ? ORDER BY firing, key'
    )
      .all(node, origin)
      .map(rowOf);
  }

  /** Rows of a sink behind a place, in the order of the origins. */
  inOrder(
    sink: string,
    after: { origin: number; firing: string },
    before: number,
    limit: number
  ): IItemRow[] {
    return this._sql(
      `SELECT * FROM items WHERE node = ? AND (origin, firing) > (?, ?) AND origin < ? AND state = 'done'
       ORDER BY origin, firing LIMIT ?`
    )
      .all(sink, after.origin, after.firing, before, limit)
      .map(rowOf);
  }

  nameOf(origin: number): string {
    const row = this._sql('SELECT name FROM origins WHERE origin = ?').get(
      origin
    );
    return String(row?.name ?? '');
  }

  takeName(sink: string, name: string): void {
    this._sql('INSERT OR IGNORE INTO names VALUES (?, ?, ?)').run(
      ...[sink, name.toLowerCase(), name]
    );
  }

  /** All that a folder was given, as they were written. */
  namesOf(sink: string): string[] {
    return this._sql('SELECT name, file FROM names WHERE sink = ?')
      .all(sink)
      .map(({ name, file }) => String(file || name));
  }

  forgetNames(sink: string): void {
    this._sql('DELETE FROM names WHERE sink = ?').run(sink);
  }

  hasName(sink: string, name: string): boolean {
    const row = this._sql(
      'SELECT 1 FROM names WHERE sink = ? AND name = ?'
    ).get(sink, name.toLowerCase());
    return row !== undefined;
  }

  /** Keys of a merge, in the order in which they first came. */
  *groups(merge: string): Generator<string> {
    const rows = this._sql(
      `SELECT groupKey, min(printf('%012d %s', origin, firing)) AS first FROM collected
       WHERE merge = ? GROUP BY groupKey ORDER BY first`
    ).all(merge);
    for (const { groupKey } of rows) {
      yield String(groupKey);
    }
  }

  *collected(merge: string, groupKey: string): Generator<ICollected> {
    const rows = this._sql(
      `SELECT origin, item, sender, value FROM collected WHERE merge = ? AND groupKey = ? ORDER BY origin, firing`
    ).iterate(merge, groupKey);
    for (const { value, ...row } of rows) {
      yield {
        ...(row as unknown as ICollected),
        value: JSON.parse(String(value))
      };
    }
  }

  /** Newest first. */
  page({ node, port, state, offset, limit }: IRowsQuery): TopologyItem[] {
    const rows = this._sql(
      `SELECT items.*, origins.name AS originName FROM items LEFT JOIN origins USING (origin)
       WHERE ${WHICH} ORDER BY item DESC LIMIT ?4 OFFSET ?5`
    ).all(node ?? null, port ?? null, state ?? null, limit, offset);
    return rows.map(shown);
  }

  /** What reached one of these nodes or failed, behind an item, in the order in which it did. */
  outcomes(
    after: number,
    sinks: readonly string[],
    limit: number
  ): TopologyItem[] {
    return this._sql(
      `SELECT items.*, origins.name AS originName FROM items LEFT JOIN origins USING (origin)
       WHERE item > ? AND (items.state = 'failed' OR node IN (SELECT value FROM json_each(?)))
       ORDER BY item LIMIT ?`
    )
      .all(after, JSON.stringify(sinks), limit)
      .map(shown);
  }

  totalOf({ node, port, state }: IRowsQuery): number {
    const row = this._sql(
      `SELECT count(*) AS total FROM items WHERE ${WHICH}`
    ).get(node ?? null, port ?? null, state ?? null);
    return Number(row?.total);
  }

  /** @throws DeepError `not-found` */
  get(item: number): IItemRow {
    const row = this._sql('SELECT * FROM items WHERE item = ?').get(item);
    if (!row) {
      throw new DeepError('not-found', `This run has no item ${item}.`);
    }
    return rowOf(row);
  }

  /** Why the first that failed did. */
  firstError(): Problem | undefined {
    const row = this._sql(
      "SELECT error FROM items WHERE state = 'failed' ORDER BY item LIMIT 1"
    ).get();
    return row && JSON.parse(String(row.error));
  }

  /** Look anew how many there are. */
  recount(): void {
    this._counts.clear();
    const rows = this._sql(
      `SELECT node, state, count(*) AS count, sum(cached) AS cached FROM items WHERE isFirst = 1 GROUP BY node, state`
    ).all();
    for (const { node, state, count, cached } of rows) {
      const counts = this._countsOf(String(node));
      counts[state as 'done' | 'failed'] = Number(count);
      counts.cached += Number(cached);
    }
    const [states] = this._sql(
      "SELECT count(*) AS total, coalesce(sum(state = 'done'), 0) AS done FROM origins"
    ).all();
    this._total = Number(states.total);
    this._done = Number(states.done);
  }

  private _tally({ node, state, cached }: IItemRow): void {
    const counts = this._countsOf(node);
    counts[state] += 1;
    counts.cached += cached ? 1 : 0;
  }

  private _countsOf(node: string): INodeCounts {
    const counts = this._counts.get(node) ?? { done: 0, failed: 0, cached: 0 };
    this._counts.set(node, counts);
    return counts;
  }

  private readonly _counts = new Map<string, INodeCounts>();
  private _total = 0;
  private _done = 0;
}

const WHICH =
  '(?1 IS NULL OR node = ?1) AND (?2 IS NULL OR port = ?2) AND (?3 IS NULL OR items.state = ?3)';
