import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { TopologyRecords } from './records';
import { IItemRow } from './recordShapes';

/** Ends are written down together: one write serves many. */
const COMMIT_MS = 200;
const COMMIT_ROWS = 300;

/** What has ended and is not written down yet. */
export class Ends {
  constructor(
    private readonly _records: TopologyRecords,
    private readonly _hooks: Ends.IHooks
  ) {}

  add(rows: readonly IItemRow[]): void {
    this._rows.push(...rows);
    this._commitSoon();
  }

  /** Nothing more will come of an origin; it is written down with the last of its rows. */
  addOrigin(origin: number): void {
    this._origins.push(origin);
    this._commitSoon();
  }

  commit(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    const rows = this._rows;
    const origins = this._origins;
    if (rows.length + origins.length === 0) {
      return;
    }
    this._rows = [];
    this._origins = [];
    try {
      this._records.end(rows, origins);
      this._hooks.onWritten();
    } catch (error) {
      // They were not written down, so they are done again by whoever resumes the run.
      this._hooks.onTrouble(asDeepError(error));
    }
  }

  private _commitSoon(): void {
    if (this._rows.length >= COMMIT_ROWS) {
      this.commit();
    } else {
      this._timer ??= setTimeout(() => this.commit(), COMMIT_MS);
    }
  }

  private _rows: IItemRow[] = [];
  private _origins: number[] = [];
  private _timer?: NodeJS.Timeout;
}

export namespace Ends {
  export interface IHooks {
    onWritten(): void;
    /** They could not be written down. */
    onTrouble(error: DeepError): void;
  }
}
