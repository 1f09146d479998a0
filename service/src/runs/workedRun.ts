import { DeepError, Problem, Run } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { RunJournal } from './journal';
import { RunLog } from './runLog';

/** What watchers are told at most so often. */
const TELL_MS = 250;

/** Why its work stops before its end. */
type Stop = 'paused' | 'cancelled' | 'closing';

/**
 * The life of a run that goes on after any end of the service: it works, rests, goes on, does what failed again, and ends in
 * its journal. What its work is, each kind says.
 */
export abstract class WorkedRun<P extends WorkedRun.IParts = WorkedRun.IParts> {
  constructor(protected readonly _parts: P) {}

  get isWorking(): boolean {
    return this._working !== undefined;
  }

  /** Resolves when nothing of its work goes on any more. */
  get stopped(): Promise<void> {
    return this._working ?? Promise.resolve();
  }

  /** Work until all is done or somebody stops it. Never rejects. */
  start(): void {
    if (this._working) {
      return;
    }
    this._stop = undefined;
    this._controller = new AbortController();
    this._working = this._live(this._controller.signal)
      .catch(error => this._fail(asDeepError(error)))
      .then(() => this._leave())
      .finally(() => {
        this._working = undefined;
        this._parts.onWorking();
      });
    this._parts.onWorking();
  }

  /** @returns the run as it is then; what is under way is given up. */
  pause(): Run {
    this._halt('paused');
    this._log('Paused.');
    return this._update({ state: 'paused', phase: '' });
  }

  resume(): Run {
    this._log('Going on.');
    const run = this._update({
      state: 'running',
      phase: 'Going on',
      error: undefined
    });
    this._again();
    return run;
  }

  cancel(): Run {
    this._halt('cancelled');
    this._log('Cancelled.');
    const reason = new DeepError('cancelled', 'The run was cancelled.');
    return this._end('cancelled', reason);
  }

  /** Do what failed again; the rest is kept. */
  async retry(): Promise<Run> {
    this._halt('closing');
    await this.stopped;
    const { id, journal } = this._parts;
    const run = journal.revive(id, { phase: 'What failed waits again' });
    this._log('What failed is done again.');
    await this._forgetFailures();
    this._again();
    return run;
  }

  /** The service ends: the next one goes on. */
  async close(): Promise<void> {
    this._halt('closing');
    await this.stopped;
    await this._parts.log?.flush();
  }

  /** From where it is to its end, which it writes down by `_end`. */
  protected abstract _work(signal: AbortSignal): Promise<void>;

  /** What its record shows of how far it is. */
  protected abstract _shown(): Partial<Run>;

  /** It ends by that. Else it rests, because a person can mend it. */
  protected abstract _isItsEnd(error: DeepError): boolean;

  /** Let what failed wait again. */
  protected abstract _forgetFailures(): Promise<void>;

  /** What watchers are told besides, with the next news: it is none of its own. Asked each time before they are told. */
  protected _outlook(): Partial<Run> {
    return {};
  }

  /** What the ended run shows. */
  protected _shownAtEnd(): Partial<Run> {
    return this._shown();
  }

  /** A person stopped it, or it rests: keep what has come until then. */
  protected _settle(): Promise<void> {
    return Promise.resolve();
  }

  /** It rests until a person does something. */
  protected _onTrouble(_error: DeepError): void {}

  /** @param error Why it ended so. */
  protected _end(
    state: 'succeeded' | 'failed' | 'cancelled',
    error?: DeepError
  ): Run {
    const { id, journal, onEnd } = this._parts;
    const ended = journal.end(id, state, {
      ...this._shownAtEnd(),
      error: error?.toProblem()
    });
    onEnd(ended);
    return ended;
  }

  /** Something in the background went wrong, or its work did. */
  protected _fail(error: DeepError): void {
    if (this._stop) {
      return;
    }
    this._log(`Stopped: ${error.detail}`);
    if (this._isItsEnd(error)) {
      this._end('failed', error);
      return;
    }
    this._halt('paused');
    this._update({ state: 'paused', phase: '', error: error.toProblem() });
    this._onTrouble(error);
  }

  protected _update(change: Partial<Run>): Run {
    const { id, journal } = this._parts;
    return journal.update(id, { ...this._shown(), ...change });
  }

  protected _log(line: string): void {
    this._parts.log?.add(line);
  }

  /** Tell watchers what is new. */
  protected _tell(): void {
    const outlook = this._outlook();
    if (this._stop) {
      return;
    }
    const phase = this._phase;
    const news = JSON.stringify([phase, this._shown()]);
    if (news !== this._told) {
      this._told = news;
      this._update({ phase, ...outlook });
    }
  }

  protected get _run(): Run {
    return this._parts.journal.get(this._parts.id);
  }

  /** The service ends, and the next one goes on. */
  protected get _isClosing(): boolean {
    return this._stop === 'closing';
  }

  /** What it is doing, for people. */
  protected _phase = 'Going on';

  private async _live(signal: AbortSignal): Promise<void> {
    const startedAt = this._run.startedAt ?? new Date().toISOString();
    this._update({ state: 'running', startedAt });
    const ticker = setInterval(() => this._tell(), TELL_MS);
    try {
      await this._work(signal);
    } finally {
      clearInterval(ticker);
    }
  }

  private async _leave(): Promise<void> {
    if (this._stop === 'paused' || this._stop === 'cancelled') {
      // Its reason was told before, or is told when the work goes on.
      await this._settle().catch(() => undefined);
      if (this._parts.journal.isLive(this._parts.id)) {
        this._update({});
      }
    }
    await this._parts.log?.flush();
  }

  private _halt(stop: Stop): void {
    this._stop = stop;
    this._controller?.abort(new DeepError('cancelled', 'The run was stopped.'));
  }

  /** Begin when what was stopped has stopped. */
  private _again(): void {
    const { id, journal } = this._parts;
    void this.stopped.then(() => {
      if (journal.isLive(id) && this._run.state !== 'paused') {
        this.start();
      }
    });
  }

  private _controller?: AbortController;
  private _working?: Promise<void>;
  private _stop?: Stop;
  private _told = '';
}

export namespace WorkedRun {
  export interface IParts {
    id: string;
    journal: RunJournal;
    /** Of kinds that have one. */
    log?: RunLog;
    /** It has begun to work, or stopped. */
    onWorking(): void;
    onEnd(run: Run): void;
  }
}

/** Of a run of which nothing came: the first failure stands for all. */
export const nothingCame = (says: string, first?: Problem): DeepError =>
  new DeepError('module-failed', `${says}: ${first?.detail}`, {
    hint: first?.hint,
    technical: first?.technical
  });
