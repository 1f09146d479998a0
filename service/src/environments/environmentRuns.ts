import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeepError,
  EnvironmentDevice,
  EnvironmentState,
  Run
} from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { RunJournal } from '../runs/journal';
import { logFileOf, RunLog } from '../runs/runLog';
import { refuseEnded } from '../runs/steering';
import { Unfinished } from '../runs/unfinished';
import { IRunWorker } from '../runs/workers';
import { Store } from '../store/store';

/** How often is looked whether the kernels of an environment that gives way have ended. */
const LOOK_MS = 1_000;

/** One making at work, for who carries it out. */
export interface IEnvironmentTask {
  name: string;
  device: EnvironmentDevice;
  /** Beside the place where it will be. */
  folder: string;
  logFile: string;
  signal: AbortSignal;
  onProgress(done: number, total: number, phase: string): void;
  /** Resolves when that says so; it is asked again and again. */
  until(phase: string, isSo: () => Promise<boolean>): Promise<void>;
}

/** Makes environments as runs: told, ended by a person, taken up again after any end of the service. */
export class EnvironmentRuns implements IRunWorker {
  constructor(private readonly _parts: EnvironmentRuns.IParts) {}

  /** The run that makes this one now. */
  of(name: string): Run | undefined {
    const { journal } = this._parts;
    return [...this._working.keys()]
      .filter(id => journal.isLive(id))
      .map(id => journal.get(id))
      .find(({ environment }) => environment?.name === name);
  }

  /** @throws DeepError `no-space` */
  async begin(title: string, environment: EnvironmentState): Promise<Run> {
    const { journal, store } = this._parts;
    const id = RunJournal.newId();
    await store.makeFolder('runs', id);
    const run = journal.create(
      id,
      { kind: 'environment', title, arguments: {}, environment },
      []
    );
    this._start(run);
    return run;
  }

  /** Go on with what an earlier service left, and remove what no run belongs to. */
  async takeUp(leftovers: readonly Run[]): Promise<void> {
    for (const run of leftovers) {
      if (run.kind === 'environment') {
        this._start(run);
      }
    }
    await this._parts.sweep(id => this._working.has(id));
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended */
  cancel(id: string): Run {
    const { journal } = this._parts;
    refuseEnded(journal.get(id));
    const error = new DeepError('cancelled', 'The run was cancelled.');
    const ended = journal.end(id, 'cancelled', { error: error.toProblem() });
    this._working.get(id)?.controller.abort(error);
    return ended;
  }

  /** @throws DeepError `conflict` while it is at work */
  async remove(id: string): Promise<void> {
    if (!this._parts.journal.isLive(id)) {
      await this._working.get(id)?.ended;
    }
    await this._parts.journal.remove(id);
  }

  /** The service ends: everything stops where it is, and the next service goes on. */
  async close(): Promise<void> {
    this._isClosing = true;
    const all = [...this._working.values()];
    const reason = new DeepError('interrupted', 'The service was stopped.');
    all.forEach(({ controller }) => controller.abort(reason));
    await Promise.all(all.map(({ ended }) => ended));
  }

  private _start(run: Run): void {
    const controller = new AbortController();
    const ended = this._carryOut(run, controller.signal).finally(() => {
      this._working.delete(run.id);
      this._mark();
    });
    this._working.set(run.id, { controller, ended });
    this._mark();
  }

  /** Never rejects. */
  private async _carryOut(run: Run, signal: AbortSignal): Promise<void> {
    const { journal, store, folderOf, make } = this._parts;
    const { id } = run;
    const log = new RunLog(logFileOf(store, id));
    const folder = folderOf(id);
    try {
      const startedAt = run.startedAt ?? new Date().toISOString();
      const phase = run.startedAt ? 'Going on' : 'Beginning';
      journal.update(id, { state: 'running', startedAt, phase });
      log.add(phase);
      await make(this._task(run, folder, signal));
      log.add('It is there.');
      journal.end(id, 'succeeded');
    } catch (reason) {
      if (this._isClosing) {
        return;
      }
      const error = asDeepError(reason);
      log.add(`Stopped: ${error.message}`);
      journal.end(id, 'failed', { error: error.toProblem() });
    } finally {
      if (!this._isClosing) {
        await removeFolder(folder);
      }
      await log.flush();
    }
  }

  private _task(
    { id, environment }: Run,
    folder: string,
    signal: AbortSignal
  ): IEnvironmentTask {
    const { journal, store } = this._parts;
    const tell = (change: Partial<Run>): void => {
      if (!signal.aborted) {
        journal.update(id, change);
      }
    };
    return {
      ...environment!,
      folder,
      signal,
      logFile: logFileOf(store, id),
      onProgress: (done, total, phase) =>
        tell({ phase, progress: { done, total, unit: 'packages' } }),
      until: async (phase, isSo) => {
        while (!(await isSo())) {
          tell({ phase });
          await sleep(LOOK_MS, undefined, { signal });
        }
      }
    };
  }

  private _mark(): void {
    if (!this._isClosing) {
      this._parts.unfinished.mark('environments', this._working.size > 0);
    }
  }

  private readonly _working = new Map<
    string,
    { controller: AbortController; ended: Promise<void> }
  >();
  private _isClosing = false;
}

export namespace EnvironmentRuns {
  export interface IParts {
    journal: RunJournal;
    store: Store;
    unfinished: Unfinished;
    /** Where the run's environment is made. */
    folderOf(id: string): string;
    make(task: IEnvironmentTask): Promise<void>;
    /** Remove what is half made, unless it belongs to a run at work. */
    sweep(isAtWork: (id: string) => boolean): Promise<void>;
  }
}

/** An installer that was just ended may still write: the next look takes the rest. */
const removeFolder = (folder: string): Promise<void> =>
  rm(path.resolve(folder), { recursive: true, force: true }).catch(
    () => undefined
  );
