import { randomBytes } from 'node:crypto';
import { DeepError, Run, RunState } from '@jupyterlab-deep/protocol';
import { EventStream } from '../http/events';
import type { IFileAddress } from '../inference/urlFile';
import { isNoSpace } from '../store/diskErrors';
import { IRow, Store } from '../store/store';

/** A file that a run works on, and where it lies. */
export interface IRunInput {
  argument: string;
  name: string;
  path: string;
  contentType: string;
  sizeBytes: number;
  /** Set where the run refers to the user's own file: another time of change means another content. */
  modifiedMs?: number;
  /** Where it has to be fetched from first; its size is not known before. */
  address?: IFileAddress;
}

/** What a run is about; the journal adds the rest. */
export type NewRun = Pick<
  Run,
  | 'kind'
  | 'title'
  | 'module'
  | 'deployment'
  | 'arguments'
  | 'batch'
  | 'topology'
  | 'environment'
  | 'training'
  | 'transfer'
  | 'job'
>;

const LIVE: RunState[] = ['queued', 'running', 'paused'];
export const isLive = ({ state }: Run): boolean => LIVE.includes(state);

/** Whether the next service can take it up. */
const goesOn = ({ kind }: Run): boolean =>
  kind !== 'prediction' && kind !== 'check';

const DEFAULT_LIMIT = 100;

/** The record of every run: written before anything is done, kept until it is deleted. */
export class RunJournal {
  constructor(
    private readonly _store: Store,
    private readonly _events: EventStream
  ) {}

  /** How many runs are at work; those that wait for a person are not, nor those that a platform carries out. */
  get live(): number {
    return this._atWork.length;
  }

  /** Milliseconds since the youngest run at work was asked for; undefined when none is. */
  get youngestMs(): number | undefined {
    const times = this._atWork.map(({ createdAt }) => Date.parse(createdAt));
    return times.length > 0 ? Date.now() - Math.max(...times) : undefined;
  }

  static newId(): string {
    return randomBytes(8).toString('hex');
  }

  /** @throws DeepError `no-space`: then there is no run. */
  create(id: string, about: NewRun, inputs: IRunInput[]): Run {
    const run: Run = {
      id,
      ...about,
      state: 'queued',
      phase: 'Waiting for its turn',
      inputs: inputs.map(shownInput),
      createdAt: new Date().toISOString()
    };
    this._store.write(
      'INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)',
      run.id,
      run.module ?? '',
      run.state,
      run.createdAt,
      JSON.stringify(run),
      JSON.stringify(inputs)
    );
    this._live.set(run.id, run);
    this._publish(run);
    return run;
  }

  /** Change a live run. Phases and progress are news; states, arguments and what a training or job has come to are written down. */
  update(id: string, change: Partial<Run>): Run {
    const before = this.get(id);
    const run = { ...before, ...change };
    this._live.set(id, run);
    if (
      run.state !== before.state ||
      change.arguments ||
      change.training ||
      change.job
    ) {
      this._save(run);
    }
    this._publish(run);
    return run;
  }

  /** End a live run; an ended one stays as it is. */
  end(id: string, state: RunState, change: Partial<Run> = {}): Run {
    const before = this.get(id);
    if (!isLive(before)) {
      return before;
    }
    const { progress: _progress, error: _error, ...run } = before;
    const ended: Run = {
      ...run,
      ...change,
      state,
      phase: '',
      endedAt: new Date().toISOString()
    };
    this._live.delete(id);
    this._save(ended);
    this._publish(ended);
    return ended;
  }

  /** Let an ended run go on. */
  revive(id: string, change: Partial<Run>): Run {
    const { endedAt: _endedAt, error: _error, ...run } = this.get(id);
    const revived: Run = { ...run, ...change, state: 'running' };
    this._live.set(id, revived);
    this._save(revived);
    this._publish(revived);
    return revived;
  }

  /** Whether there is a record of it. */
  has(id: string): boolean {
    const rows = this._store.read('SELECT 1 FROM runs WHERE id = ?', id);
    return rows.length > 0;
  }

  /** @throws DeepError `not-found` */
  get(id: string): Run {
    return this._live.get(id) ?? this._unsaved.get(id) ?? this._read(id);
  }

  /** Write down what has been fetched of a live run's files: sizes and types are known now. */
  fetched(id: string, inputs: IRunInput[]): Run {
    const text = JSON.stringify(inputs);
    this._store.write('UPDATE runs SET inputs = ? WHERE id = ?', text, id);
    return this.update(id, { inputs: inputs.map(shownInput) });
  }

  /** Whether a run is there and has not ended. */
  isLive(id: string): boolean {
    return this._live.has(id);
  }

  inputs(id: string): IRunInput[] {
    return JSON.parse(String(this._row(id).inputs));
  }

  /** Runs from the newest to the oldest. */
  list(
    filter: { module?: string; state?: RunState; limit?: number } = {}
  ): Run[] {
    const rows = this._store.read(
      `SELECT document FROM runs WHERE (?1 IS NULL OR module = ?1) AND (?2 IS NULL OR state = ?2)
       ORDER BY createdAt DESC, rowid DESC LIMIT ?3`,
      filter.module ?? null,
      filter.state ?? null,
      filter.limit ?? DEFAULT_LIMIT
    );
    return rows.map(row => {
      const run = parse(row);
      return this._live.get(run.id) ?? this._unsaved.get(run.id) ?? run;
    });
  }

  /** @throws DeepError `conflict` while the run is at work. */
  async remove(id: string): Promise<void> {
    if (isLive(this.get(id))) {
      throw new DeepError('conflict', 'This run is still at work.', {
        hint: 'Cancel it first.'
      });
    }
    await this._store.removeFolder('runs', id);
    this._store.write('DELETE FROM runs WHERE id = ?', id);
    this._unsaved.delete(id);
  }

  /** Take over what an earlier service left behind. Batches and transfers go on; what cannot be taken up again ends. */
  takeLeftovers(): Run[] {
    const rows = this._store.read(
      "SELECT document FROM runs WHERE state IN ('queued', 'running', 'paused') ORDER BY createdAt"
    );
    const runs = rows.map(parse);
    for (const run of runs) {
      this._live.set(run.id, run);
      if (!goesOn(run)) {
        this.interrupt(run.id, 'The service ended while this was at work.');
      }
    }
    return runs.filter(goesOn);
  }

  interrupt(id: string, reason: string): void {
    const error = new DeepError('interrupted', reason, {
      hint: 'Start it again.'
    });
    this.end(id, 'interrupted', { error: error.toProblem() });
  }

  private get _atWork(): Run[] {
    return [...this._live.values()].filter(
      ({ kind, state }) => state !== 'paused' && kind !== 'job'
    );
  }

  private _save(run: Run): void {
    try {
      this._store.write(
        'UPDATE runs SET state = ?, document = ? WHERE id = ?',
        run.state,
        JSON.stringify(run),
        run.id
      );
      this._unsaved.delete(run.id);
    } catch (error) {
      if (!isNoSpace(error)) {
        throw error;
      }
      // The state is kept in memory and told; the next change of it is written again.
      this._unsaved.set(run.id, run);
    }
  }

  private _publish(run: Run): void {
    this._events.publish({ event: 'run', data: run });
  }

  private _read(id: string): Run {
    return parse(this._row(id));
  }

  private _row(id: string): IRow {
    const [row] = this._store.read('SELECT * FROM runs WHERE id = ?', id);
    if (!row) {
      throw new DeepError('not-found', `There is no run ${id}.`, {
        hint: 'It may have been deleted in another window.'
      });
    }
    return row;
  }

  private readonly _live = new Map<string, Run>();
  private readonly _unsaved = new Map<string, Run>();
}

const shownInput = ({
  argument,
  name,
  sizeBytes
}: IRunInput): Run['inputs'][number] => ({ argument, name, sizeBytes });

const parse = (row: IRow): Run => JSON.parse(row.document);
