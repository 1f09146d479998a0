import type { StatementSync } from 'node:sqlite';

/** What of a run's rows goes, so that it is done again. */
export class RecordRetries {
  constructor(private readonly _sql: (text: string) => StatementSync) {}

  /**
   * Some origins in which a node failed wait again.
   *
   * @param without Nodes whose rows go with the failure, because they were made without it.
   * @returns how many origins.
   */
  wait(node: string, without: readonly string[], limit: number): number {
    const origins = this._sql(
      "SELECT DISTINCT origin FROM items WHERE node = ? AND state = 'failed' LIMIT ?"
    ).all(node, limit);
    const forget = this._sql(
      "DELETE FROM items WHERE node = ? AND origin = ? AND state = 'failed'"
    );
    const wait = this._sql(
      "UPDATE origins SET state = 'waiting' WHERE origin = ?"
    );
    for (const { origin } of origins) {
      forget.run(node, origin);
      without.forEach(each => this._remove(each, Number(origin)));
      wait.run(origin);
    }
    return origins.length;
  }

  /** The groups of a merge by key go, with all that came of them. */
  ungroup(merge: string): void {
    const groups = 'SELECT origin FROM origins WHERE source = ?';
    this._sql(`DELETE FROM items WHERE origin IN (${groups})`).run(merge);
    this._sql(`DELETE FROM collected WHERE origin IN (${groups})`).run(merge);
    this._sql('DELETE FROM origins WHERE source = ?').run(merge);
  }

  private _remove(node: string, origin: number): void {
    this._sql('DELETE FROM items WHERE node = ? AND origin = ?').run(
      node,
      origin
    );
    this._sql('DELETE FROM collected WHERE merge = ? AND origin = ?').run(
      node,
      origin
    );
  }
}
