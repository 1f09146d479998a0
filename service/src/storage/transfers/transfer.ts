import { DeepError, Run, TransferState } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { Speed } from '../../inference/batch/speed';
import { beQuick } from '../../memory';
import { isLive, RunJournal } from '../../runs/journal';
import { RunLog } from '../../runs/runLog';
import { ITask, ITaskNews } from '../datasets/way';

/** What watchers are told at most so often. */
const TELL_MS = 250;
/** Rests between questions to a cloud that does not answer. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/** The cloud is away: it is waited for. */
const AWAY = new Set(['storage-unreachable', 'timeout']);
/** A person has to do something; then it can go on. */
const NEEDS_PERSON = new Set(['storage-login', 'storage-full', 'no-space']);

/** Does the work of one transfer; called again, it goes on where it was. */
export type TransferWork = (run: Run, task: ITask) => Promise<void>;

type Stop = 'paused' | 'cancelled' | 'closing';

/** One transfer at work: its run in the journal, its log, its waiting for the cloud. */
export class Transfer {
  constructor(private readonly _parts: Transfer.IParts) {}

  get isWorking(): boolean {
    return this._working !== undefined;
  }

  /** Resolves when nothing of its work goes on any more. */
  get stopped(): Promise<void> {
    return this._working ?? Promise.resolve();
  }

  /** Work until it is done or somebody stops it. Never rejects. */
  start(): void {
    if (this._working) {
      return;
    }
    this._stop = undefined;
    this._controller = new AbortController();
    this._working = this._work(this._controller.signal)
      .catch(error => this._fail(asDeepError(error)))
      .finally(async () => {
        await this._parts.log.flush();
        this._working = undefined;
        this._parts.onStopped();
      });
  }

  pause(): Run {
    this._halt('paused');
    return this._update({ state: 'paused', phase: '' });
  }

  resume(): Run {
    const run = this._update({
      state: 'running',
      phase: 'Going on',
      error: undefined
    });
    this.again();
    return run;
  }

  cancel(): Run {
    this._halt('cancelled');
    this._parts.log.add('Cancelled');
    const error = new DeepError('cancelled', 'The run was cancelled.');
    return this._end('cancelled', error);
  }

  /** The service ends: the next one goes on. */
  async close(): Promise<void> {
    this._halt('closing');
    await this.stopped;
  }

  /** Begin when what was stopped has stopped. */
  again(): void {
    void this.stopped.then(() => {
      if (isLive(this._run) && this._run.state !== 'paused') {
        this.start();
      }
    });
  }

  /** The cloud may answer again: do not rest any longer. */
  wake(): void {
    this._wake?.();
  }

  private _halt(stop: Stop): void {
    this._stop = stop;
    const reason = new DeepError('cancelled', 'The run was stopped.');
    this._controller?.abort(reason);
  }

  private async _work(signal: AbortSignal): Promise<void> {
    const startedAt = this._run.startedAt ?? new Date().toISOString();
    this._update({ state: 'running', startedAt, phase: 'Beginning' });
    const ticker = setInterval(() => this._tell(), TELL_MS);
    try {
      for (let rests = 0; ; rests++) {
        const before = this._news.doneBytes;
        try {
          return await this._once(signal);
        } catch (error) {
          signal.throwIfAborted();
          const said = asDeepError(error);
          if (!AWAY.has(said.key)) {
            throw said;
          }
          rests = this._news.doneBytes === before ? rests : 0;
          await this._rest(said, rests, signal);
        }
      }
    } finally {
      clearInterval(ticker);
    }
  }

  private async _once(signal: AbortSignal): Promise<void> {
    this._news = { doneFiles: 0, doneBytes: 0 };
    this._failed = 0;
    this._speed.restart(0);
    await this._parts.work(this._run, this._task(signal));
    signal.throwIfAborted();
    this._finish();
  }

  private _task(signal: AbortSignal): ITask {
    const { id, log } = this._parts;
    return {
      id,
      signal,
      tell: news => Object.assign(this._news, news),
      log: line => log.add(line),
      failed: (path, reason) => {
        this._failed += 1;
        this._firstFailure ??= `${path}: ${reason}`;
        log.add(`${path}: failed: ${reason}`);
      }
    };
  }

  private async _rest(
    error: DeepError,
    rests: number,
    signal: AbortSignal
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const restMs = Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS);
    const timer = setTimeout(resolve, restMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    this._wake = resolve;
    this._news.phase = `Waiting for ${this._parts.host()}`;
    this._parts.log.add(`${this._news.phase}: ${error.message}`);
    this._tell();
    this._parts.onWaiting(error);
    await promise;
    clearTimeout(timer);
    signal.throwIfAborted();
    this._news.phase = 'Going on';
  }

  private _finish(): void {
    const { doneFiles = 0 } = this._news;
    const isNothing = this._failed > 0 && doneFiles === 0;
    this._parts.log.add(
      `Ended: ${doneFiles} files, ${this._failed} could not be done`
    );
    if (isNothing) {
      const error = new DeepError(
        'storage-refused',
        `None of the ${this._failed} files could be done. The first: ${this._firstFailure}`,
        { hint: 'The log has the reason of each.' }
      );
      this._end('failed', error);
    } else {
      this._end('succeeded');
    }
  }

  private _fail(error: DeepError): void {
    if (this._stop) {
      return;
    }
    this._parts.log.add(`Stopped: ${error.message}`);
    if (NEEDS_PERSON.has(error.key)) {
      this._stop = 'paused';
      this._update({ state: 'paused', phase: '', error: error.toProblem() });
      this._parts.onWaiting(error);
    } else {
      this._end('failed', error);
    }
  }

  private _end(
    state: 'succeeded' | 'failed' | 'cancelled',
    error?: DeepError
  ): Run {
    const ended = this._parts.journal.end(this._parts.id, state, {
      progress: this._progress(),
      transfer: this._state(),
      error: error?.toProblem()
    });
    this._parts.onEnd(ended);
    return ended;
  }

  private _update(change: Partial<Run>): Run {
    return this._parts.journal.update(this._parts.id, {
      progress: this._progress(),
      transfer: this._state(),
      ...change
    });
  }

  private _tell(): void {
    const { phase = 'Going on', doneBytes = 0, totalBytes } = this._news;
    const news = `${phase} ${this._news.doneFiles} ${doneBytes} ${totalBytes}`;
    this._speed.mark(doneBytes);
    if (this._stop || news === this._told) {
      return;
    }
    this._told = news;
    beQuick();
    const bytesPerS = this._speed.ratePerS(doneBytes);
    const leftS =
      bytesPerS && totalBytes && (totalBytes - doneBytes) / bytesPerS;
    const transfer: TransferState = { ...this._state(), bytesPerS, leftS };
    this._update({ phase, transfer });
  }

  private _progress(): Run['progress'] {
    const { doneFiles, totalFiles } = this._news;
    return totalFiles === undefined
      ? this._run.progress
      : { done: doneFiles ?? 0, total: totalFiles, unit: 'files' };
  }

  private _state(): TransferState {
    const { bytesPerS: _speed, leftS: _left, ...known } = this._run.transfer!;
    const { doneBytes = known.doneBytes, totalBytes = known.totalBytes } =
      this._news;
    return { ...known, doneBytes, totalBytes, failed: this._failed };
  }

  private get _run(): Run {
    return this._parts.journal.get(this._parts.id);
  }

  private readonly _speed = new Speed();
  private _controller?: AbortController;
  private _working?: Promise<void>;
  private _stop?: Stop;
  private _news: ITaskNews = {};
  private _failed = 0;
  private _firstFailure?: string;
  private _told = '';
  private _wake?: () => void;
}

export namespace Transfer {
  export interface IParts {
    /** Of its run. */
    id: string;
    journal: RunJournal;
    log: RunLog;
    work: TransferWork;
    /** Whom it waits for, for people. */
    host(): string;
    /** The cloud is away, or a person has to do something. */
    onWaiting(error: DeepError): void;
    onEnd(run: Run): void;
    onStopped(): void;
  }
}
