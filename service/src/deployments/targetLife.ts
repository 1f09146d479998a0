import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { Handshake } from './handshake';
import { ILife, IReadyModule } from './life';
import { tailOfLog } from './logFile';
import { Pace } from './pace';
import { stopped, tooLate, vanished } from './targetEndings';
import { TargetGreeting } from './targetGreeting';
import { TargetHold } from './targetHold';
import { TargetLog } from './targetLog';
import { TargetRecord } from './targetRecord';
import { IObserved } from './targets/target';

/** What has just changed may change again soon. */
const NEWS_MS = 60_000;

/** How it came to its end; undefined: nobody watches it any longer, and it goes on. */
interface IEnd {
  failure?: DeepError;
  phase?: string;
  /** The target has nothing of it. */
  isGone?: boolean;
}

/** A module that a target runs, from its beginning, or its adoption, to its end. It goes on when the service ends. */
export class TargetLife implements ILife {
  constructor(private readonly _options: TargetLife.IOptions) {
    const { id, logFile, records } = _options;
    this._log = new TargetLog(id, logFile, records);
    this._record = new TargetRecord(id, records);
    this._handshake = new Handshake(id, _options.title);
    this._hold = new TargetHold({
      ..._options,
      log: this._log,
      pace: this._pace,
      closed: this._closed.signal,
      unwanted: this._stopped.signal,
      onAway: failure => this._setAway(failure)
    });
    this._greeting = new TargetGreeting({
      title: _options.title,
      record: this._record,
      handshake: this._handshake,
      signal: () => this._hold.signal(),
      closed: this._closed.signal,
      stopped: this._stopped.signal
    });
    this._isRemoved = _options.task === 'remove';
    this.ended = this._live();
  }

  readonly ended: Promise<DeepError | undefined>;
  /** As it was last observed. */
  memoryBytes?: number;

  get ready(): Promise<IReadyModule> {
    return this._handshake.ready;
  }

  get readyModule(): IReadyModule | undefined {
    return this._handshake.readyModule;
  }

  async isGone(): Promise<boolean> {
    await Promise.race([this._pace.nextTurn(), this.ended]);
    return this._isOver;
  }

  /** It looks by itself. */
  async look(): Promise<void> {}

  stop(): void {
    if (!this._isStopping && !this._isOver) {
      this._isStopping = true;
      this._record.update({ state: 'stopping', phase: 'Stopping' });
      this._stopped.abort();
      this._pace.hurry();
    }
  }

  /** Leave nothing of it at its target. */
  remove(): void {
    if (!this._isOver) {
      this._isRemoved = true;
      this._record.update({ state: 'stopping', phase: 'Removing' });
      this._stopped.abort();
      this._pace.hurry();
    }
  }

  /** Watch it no longer; it goes on, and the next service takes it up. */
  async close(): Promise<void> {
    this._closed.abort();
    this._stopped.abort();
    this._pace.hurry();
    await this.ended;
  }

  private async _live(): Promise<DeepError | undefined> {
    let end: IEnd | undefined;
    try {
      await this._log.resume();
      end = this._isRemoved ? {} : await this._work();
      if (this._isRemoved && !this._isClosed) {
        end = await this._leaveNothing();
      }
    } catch (error) {
      end = this._isClosed ? undefined : { failure: asDeepError(error) };
    }
    this._isOver = true;
    this._recordEnd(end);
    await this._handshake.close(end?.failure ?? stopped(this._options.title));
    return end?.failure;
  }

  private async _work(): Promise<IEnd | undefined> {
    const handle = await this._hold.obtain(this._options.task === 'again');
    if (handle !== undefined) {
      return this._follow(handle);
    }
    // Nothing was begun, or its user wants it no longer.
    return this._isClosed || this._isRemoved ? undefined : this._leaveNothing();
  }

  private async _leaveNothing(): Promise<IEnd | undefined> {
    return (await this._hold.leaveNothing()) ? { isGone: true } : undefined;
  }

  private async _follow(handle: string): Promise<IEnd | undefined> {
    for (;;) {
      const end = await this._turn(handle);
      this._pace.endTurn();
      if (end || this._isClosed || this._isRemoved) {
        return end;
      }
      await this._pace.rest(this._pacing);
    }
  }

  private async _turn(handle: string): Promise<IEnd | undefined> {
    const { target } = this._options;
    try {
      if (this._isStopping) {
        await target.stop(handle, this._hold.signal());
      }
      const seen = await target.observe(handle, this._hold.signal());
      this._isAway = false;
      if (seen.state !== 'gone') {
        await this._log.bring(target, handle, this._hold.signal());
      }
      const end = await this._take(handle, seen);
      await this._measure(handle);
      return end;
    } catch (error) {
      if (this._isClosed || this._isRemoved) {
        return undefined;
      }
      // Whatever the reason, nobody knows how it stands: it is asked again.
      this._setAway(asDeepError(error));
      return undefined;
    }
  }

  /** Engines take their time for it: what is not ready yet is not measured. */
  private async _measure(handle: string): Promise<void> {
    const { target } = this._options;
    const isReady = this._record.now.state === 'ready';
    this.memoryBytes = isReady
      ? await target.memoryOf?.(handle, this._hold.signal())
      : undefined;
  }

  private async _take(
    handle: string,
    seen: IObserved
  ): Promise<IEnd | undefined> {
    const { target, title } = this._options;
    this._record.note(seen);
    if (seen.state === 'gone') {
      return this._isStopping
        ? { ...this._stopReason, isGone: true }
        : { failure: vanished(title, target.title), isGone: true };
    }
    if (seen.state === 'ended') {
      return this._isStopping ? this._stopReason : this._explain(seen);
    }
    if (seen.state === 'stopped') {
      if (this._hold.mayStart && target.start && !this._isStopping) {
        return this._finish(handle);
      }
      return this._isStopping
        ? this._stopReason
        : { phase: `It was stopped at ${target.title}` };
    }
    this._hold.mayStart = false;
    if (!this._isStopping) {
      await this._meet(seen);
    }
    return undefined;
  }

  /** A kill came between making it and starting it. */
  private async _finish(handle: string): Promise<IEnd | undefined> {
    this._hold.mayStart = false;
    try {
      await this._options.target.start?.(handle, this._hold.signal());
      return undefined;
    } catch (error) {
      if ((error as DeepError).key === 'target-refused') {
        return { failure: error as DeepError };
      }
      this._hold.mayStart = true;
      throw error;
    }
  }

  private async _explain({ reason, phase }: IObserved): Promise<IEnd> {
    const { title, target, logFile } = this._options;
    const wasReady = this._record.now.readyAt !== undefined;
    if (reason === undefined && wasReady) {
      return { phase: phase || 'It ended by itself' };
    }
    const says = reason ?? 'It ended by itself before it answered.';
    return {
      failure: new DeepError(
        wasReady ? 'module-failed' : 'module-start-failed',
        `${title} ${wasReady ? 'ended' : 'could not be started'} at ${target.title}. ${says}`,
        {
          hint: 'Its log says more.',
          technical: (await tailOfLog(logFile)).join('\n')
        }
      )
    };
  }

  private async _meet(seen: IObserved): Promise<void> {
    const { endpoint, pages, state, phase } = seen;
    if (state === 'waiting') {
      this._handshake.lose();
      this._record.set('starting', phase);
      return;
    }
    this._runsSince ??= Date.now();
    if (endpoint !== undefined) {
      await this._greeting.askApi(endpoint, phase);
    } else if (pages && Object.keys(pages).length > 0) {
      await this._greeting.askPage(Object.values(pages)[0], phase);
    } else {
      this._record.set('starting', phase || 'Waiting for its address');
    }
    this._endIdle();
    await this._endLate();
  }

  private _endIdle(): void {
    const minutes = this._record.idleMinutes;
    if (minutes > 0 && this._record.unusedMs >= minutes * 60_000) {
      this._told = { phase: `Stopped after ${minutes} minutes without use` };
      this.stop();
    }
  }

  private async _endLate(): Promise<void> {
    const { startSeconds, title, target, logFile } = this._options;
    const isNew = this._record.now.readyAt === undefined && !this._isStopping;
    const runsMs = Date.now() - (this._runsSince as number);
    if (
      isNew &&
      this._record.now.state !== 'ready' &&
      runsMs > startSeconds * 1000
    ) {
      const lines = await tailOfLog(logFile);
      const failure = tooLate(title, target.title, startSeconds, lines);
      this._told = { failure };
      this.stop();
    }
  }

  private _setAway(failure: DeepError): void {
    const { title } = this._options.target;
    this._isAway = true;
    const isEnding = this._record.now.state === 'stopping';
    const isSilent = failure.key === 'target-unreachable';
    const says = isSilent
      ? `${title} does not answer`
      : `${title} refuses to say how it stands`;
    this._record.set(
      isEnding ? 'stopping' : 'unreachable',
      isEnding ? `${says}; it is ended when it does` : says,
      failure.message
    );
  }

  private _recordEnd(end: IEnd | undefined): void {
    if (!end) {
      return;
    }
    if (end.isGone) {
      this._hold.place({ handle: undefined });
    }
    this._record.update({
      state: end.failure ? 'failed' : 'stopped',
      phase: end.phase ?? '',
      error: end.failure?.message,
      endpoint: undefined
    });
  }

  private get _stopReason(): IEnd {
    return this._told ?? {};
  }

  private get _pacing(): Pace.IKind {
    if (this._isAway) {
      return 'away';
    }
    const isNews = Date.now() - Date.parse(this._record.now.since) < NEWS_MS;
    return isNews || this._isStopping ? 'news' : 'quiet';
  }

  private get _isClosed(): boolean {
    return this._closed.signal.aborted;
  }

  private readonly _log: TargetLog;
  private readonly _pace = new Pace();
  private readonly _closed = new AbortController();
  private readonly _stopped = new AbortController();
  private readonly _record: TargetRecord;
  private readonly _handshake: Handshake;
  private readonly _greeting: TargetGreeting;
  private readonly _hold: TargetHold;
  private _isOver = false;
  private _isStopping = false;
  private _isRemoved: boolean;
  private _isAway = false;
  private _runsSince?: number;
  /** Why we end it ourselves. */
  private _told?: IEnd;
}

export namespace TargetLife {
  export interface IOptions extends Pick<
    TargetHold.IOptions,
    'id' | 'target' | 'records' | 'what' | 'choices' | 'onCommit'
  > {
    title: string;
    logFile: string;
    /** `find` takes up what may have been begun, `again` what has ended; `remove` ends it for good. */
    task: 'find' | 'again' | 'remove';
    /** How long it may run without answering. */
    startSeconds: number;
  }
}
