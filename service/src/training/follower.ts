import { setTimeout as sleep } from 'node:timers/promises';
import { ITraining } from '@jupyterlab-deep/kernel-helpers/deepaas';
import {
  DeepError,
  Problem,
  Run,
  TrainingState
} from '@jupyterlab-deep/protocol';
import { readLog } from '../deployments/logFile';
import { IReadyModule } from '../deployments/life';
import { LogMetrics } from './logMetrics';
import { CurveOf, KeptStep, TrainingFiles } from './trainingFiles';

const POLL_MS = 1000;
/** News are written down and told together. */
const TELL_MS = 500;
/** A module that does not answer for so long while its process lives: it may compute without breathing. */
const PATIENCE_MS = 10 * 60_000;

const PHASES: Record<string, string> = {
  reading: 'Reading the data',
  learning: 'Training',
  saving: 'Saving the model'
};

/** How a training ended, by the module's word. */
export interface IOutcome {
  isDone: boolean;
  output?: unknown;
  problem?: Problem;
}

export interface IFollowed {
  ready: IReadyModule;
  /** The module's id of the training. */
  training: string;
  /** Our own runtime tells its progress; of others the log is read. */
  hasEvents: boolean;
  /** Of the module; undefined where it runs elsewhere. */
  logFile?: string;
  /** Where the training began in it. */
  logOffset: number;
  files: TrainingFiles;
  state: TrainingState;
  /** Whether the module's process has ended, and why. */
  explainEnd(): Promise<DeepError | undefined>;
  tell(change: Partial<Run> & { training: TrainingState }): void;
  signal: AbortSignal;
}

/** Watches one training from wherever it stands to its end, and writes down what it says. */
export class Follower {
  constructor(private readonly _followed: IFollowed) {
    this._state = _followed.state;
    this._curve = new CurveOf(_followed.state.curve);
  }

  get state(): TrainingState {
    return this._state;
  }

  /**
   * @throws DeepError `interrupted` when the module knows nothing of it any more; the signal's reason.
   */
  async follow(): Promise<IOutcome> {
    const ticker = setInterval(() => void this._flush(), TELL_MS);
    try {
      const { cursor, steps } = await this._followed.files.written();
      this._cursor = cursor;
      // Of a service that was killed: what is on the disk counts.
      this._state = { ...this._state, steps };
      return await (this._followed.hasEvents
        ? this._followEvents()
        : this._poll());
    } finally {
      clearInterval(ticker);
      await this._flush();
    }
  }

  private async _followEvents(): Promise<IOutcome> {
    const { ready, training, signal, files } = this._followed;
    const logged = await files.lastLogTime();
    let after: number | undefined;
    for (;;) {
      try {
        const events = ready.client.trainingEvents(training, { after, signal });
        for await (const event of events) {
          after = event.id;
          if (event.event === 'end') {
            const { status, problem, message, result } = event.training;
            return outcome(status === 'done', result?.output, problem, message);
          }
          if (event.event === 'progress') {
            const { phase, done, total, unit } = event;
            this._progress = {
              phase: PHASES[phase] ?? phase,
              progress: { done, total, unit }
            };
          } else if (event.event === 'log') {
            this._log +=
              event.at > logged ? `${event.at} ${plain(event.text)}\n` : '';
          } else if (event.id > this._cursor) {
            const { id, at, step, values } = event;
            this._add({ cursor: id, at, step, values });
          }
          this._isChanged = true;
        }
        // Cut off before its end.
      } catch (error) {
        await this._survive(error);
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  private async _poll(): Promise<IOutcome> {
    const { ready, training, signal } = this._followed;
    this._progress = { phase: 'Training', progress: undefined };
    for (;;) {
      let now: ITraining | undefined;
      try {
        now = await ready.client.training(training, { signal });
        this._silentSince = undefined;
      } catch (error) {
        await this._survive(error);
      }
      await this._readLog();
      if (now?.isDone || now?.hasFailed) {
        // What it wrote last may come a moment after its state.
        await sleep(POLL_MS / 4);
        await this._readLog();
        return outcome(now.isDone, now.output, undefined, now.message);
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  /** Whether it can go on after this. @throws DeepError when it cannot */
  private async _survive(error: unknown): Promise<void> {
    const { signal, explainEnd } = this._followed;
    signal.throwIfAborted();
    const { key } = error as DeepError;
    const end = await explainEnd();
    if (end) {
      throw new DeepError(
        'interrupted',
        `The module's process ended during the training: ${end.message}`,
        { hint: 'Start it again.', technical: end.technical }
      );
    }
    if (key === 'not-found') {
      throw new DeepError(
        'interrupted',
        'The module was restarted and knows nothing of this training any more.',
        { hint: 'Start it again.' }
      );
    }
    if (key !== 'module-unreachable' && key !== 'timeout') {
      throw error;
    }
    this._silentSince ??= Date.now();
    if (Date.now() - this._silentSince > PATIENCE_MS) {
      throw new DeepError(
        'interrupted',
        'The module has not answered for ten minutes.',
        { hint: 'Look at its log; start the training again.' }
      );
    }
  }

  /** Take over what the module has written since; lines are the steps. */
  private async _readLog(): Promise<void> {
    const { logFile, logOffset, files } = this._followed;
    if (logFile === undefined) {
      return;
    }
    this._read ??= logOffset + (await files.logBytes());
    for (;;) {
      const { text, next } = await readLog(logFile, this._read);
      const end = text.lastIndexOf('\n') + 1;
      const whole = text.slice(0, end);
      if (whole === '') {
        return;
      }
      let cursor = this._read;
      for (const line of whole.trimEnd().split('\n')) {
        cursor += Buffer.byteLength(line) + 1;
        const found = this._metrics.read(line);
        if (found && cursor > this._cursor) {
          const { step, of, values } = found;
          const at = new Date().toISOString();
          this._add({
            cursor,
            at,
            step: step ?? this._state.steps + 1,
            values
          });
          this._progress.progress =
            of !== undefined && step !== undefined
              ? { done: Math.min(step, of), total: of, unit: 'epochs' }
              : this._progress.progress;
        }
      }
      this._read = next - Buffer.byteLength(text.slice(end));
      this._log += whole;
      this._isChanged = true;
      await this._flush();
    }
  }

  private _add(step: KeptStep): void {
    const values = finite(step.values);
    if (Object.keys(values).length === 0) {
      return;
    }
    this._steps.push({ ...step, values });
    this._cursor = step.cursor;
    this._curve.add(values);
    const metrics = { ...this._state.metrics, ...values };
    this._state = {
      ...this._state,
      steps: this._state.steps + 1,
      metrics,
      curve: this._curve.curve
    };
  }

  /** First on the disk, then told: nobody sees what a kill could take away. */
  private async _flush(): Promise<void> {
    if (!this._isChanged || this._isFlushing) {
      return;
    }
    this._isFlushing = true;
    this._isChanged = false;
    const [steps, log, training] = [this._steps, this._log, this._state];
    this._steps = [];
    this._log = '';
    try {
      // A full disk must not end a training.
      await this._followed.files.add(steps, log).catch(() => undefined);
      this._followed.tell({ ...this._progress, training });
    } finally {
      this._isFlushing = false;
    }
  }

  private _state: TrainingState;
  private readonly _curve: CurveOf;
  private readonly _metrics = new LogMetrics();
  private _progress: Pick<Run, 'phase' | 'progress'> = {
    phase: 'Training',
    progress: undefined
  };
  private _steps: KeptStep[] = [];
  private _log = '';
  private _cursor = -1;
  private _read?: number;
  private _silentSince?: number;
  private _isChanged = false;
  private _isFlushing = false;
}

const plain = (text: string): string =>
  text.replace(/[\x00-\x1f\x7f]/g, '\ufffd');

const finite = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => Number.isFinite(value))
  );

function outcome(
  isDone: boolean,
  output: unknown,
  problem: Problem | undefined,
  message: string | undefined
): IOutcome {
  if (isDone) {
    return { isDone, output };
  }
  return {
    isDone,
    problem:
      problem ??
      new DeepError('module-failed', message || 'The training failed.', {
        hint: "The reason may stand in the training's log."
      }).toProblem()
  };
}
