import type { Logger } from 'pino';
import { IRow, Store } from '../store/store';
import { Running } from './running';

/** Old runs go until so much of what is allowed is left free, so that not every new run looks for some. */
const FREED_SHARE = 0.1;

/** Bytes that lie in the folders of ended runs, newest run first. A file that a run only refers to has its time of change. */
const SIZES = `
  SELECT id, coalesce(document ->> '$.result.sizeBytes', 0) + coalesce(document ->> '$.batch.storedBytes', 0)
    + coalesce(document ->> '$.topology.storedBytes', 0) + (
    SELECT coalesce(sum(value ->> '$.sizeBytes'), 0) FROM json_each(inputs)
    WHERE value ->> '$.modifiedMs' IS NULL
  ) AS sizeBytes
  FROM runs WHERE state NOT IN ('queued', 'running', 'paused')`;

/** Keeps inputs and results of ended runs within what the administrator allows: the oldest go first. */
export class RunPruning {
  constructor(private readonly _parts: RunPruning.IParts) {}

  /** Look at all runs, one look at a time. Nobody waits for it, so a failure is logged. */
  async prune(): Promise<void> {
    this._looking ??= this._prune()
      .catch(error => this._warn(error))
      .finally(() => (this._looking = undefined));
    await this._looking;
  }

  /** A run has ended: look at all of them only when there may be too much. */
  async afterRun(id: string): Promise<void> {
    try {
      const [row] = this._parts.store.read(`${SIZES} AND id = ?`, id);
      this._keptBytes += row ? sizeOf(row) : 0;
    } catch (error) {
      this._warn(error);
    }
    if (this._keptBytes > this._limitBytes) {
      await this.prune();
    }
  }

  private _warn(error: unknown): void {
    this._parts.logger.warn({ err: error }, 'old runs stay');
  }

  private async _prune(): Promise<void> {
    const { running, store } = this._parts;
    const runs = store.read(`${SIZES} ORDER BY createdAt DESC, rowid DESC`);
    let keptBytes = runs.reduce((sum, row) => sum + sizeOf(row), 0);
    this._keptBytes = keptBytes;
    if (keptBytes <= this._limitBytes) {
      return;
    }
    // The newest stays whatever its size: somebody is just looking at it.
    for (const row of runs.slice(1).reverse()) {
      if (keptBytes <= this._limitBytes * (1 - FREED_SHARE)) {
        break;
      }
      await running.remove(String(row.id));
      keptBytes -= sizeOf(row);
      this._keptBytes = keptBytes;
    }
  }

  private get _limitBytes(): number {
    return this._parts.keepRunsMb * 1024 * 1024;
  }

  private _keptBytes = 0;
  private _looking?: Promise<void>;
}

export namespace RunPruning {
  export interface IParts {
    running: Running;
    store: Store;
    keepRunsMb: number;
    logger: Pick<Logger, 'warn'>;
  }
}

const sizeOf = ({ sizeBytes }: IRow): number => Number(sizeBytes);
