import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { answersHttp, Handshake, IGreeting } from './handshake';
import { ILife, IReadyModule } from './life';
import { tailOfLog } from './logFile';
import { Pace } from './pace';
import { noApi, stopped, tooLate, vanished } from './targetEndings';
import { TargetHold } from './targetHold';
import { TargetLog } from './targetLog';
import { IObserved } from './targets/target';

const USED_MS = 60_000;
/** How long one look waits for the first answer of an API, and how long between two tries. */
const GREET_MS = 1_000;
const GREET_REST_MS = 100;

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
    this._handshake = new Handshake(id, _options.title);
    this._hold = new TargetHold({
      ..._options,
      log: this._log,
      pace: this._pace,
      closed: this._closed.signal,
      unwanted: this._stopped.signal,
      onAway: failure => this._setAway(failure)
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
      this._update({ state: 'stopping', phase: 'Stopping' });
      this._stopped.abort();
      this._pace.hurry();
    }
  }

  /** Leave nothing of it at its target. */
  remove(): void {
    if (!this._isOver) {
      this._isRemoved = true;
      this._update({ state: 'stopping', phase: 'Removing' });
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
    const isReady = this._record.state === 'ready';
    this.memoryBytes = isReady
      ? await target.memoryOf?.(handle, this._hold.signal())
      : undefined;
  }

  private async _take(
    handle: string,
    seen: IObserved
  ): Promise<IEnd | undefined> {
    const { target, title } = this._options;
    this._note(seen);
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

  /** What people see beside its state, where it is news. */
  private _note({ resources, image, pages }: IObserved): void {
    const told = { resources, image, pages };
    const now = JSON.stringify(told);
    if (now !== this._noted) {
      this._noted = now;
      const known = Object.entries(told).filter(([, value]) => value);
      if (known.length > 0) {
        this._update(Object.fromEntries(known));
      }
    }
  }

  private async _explain({ reason, phase }: IObserved): Promise<IEnd> {
    const { title, target, logFile } = this._options;
    const wasReady = this._record.readyAt !== undefined;
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
      this._set('starting', phase);
      return;
    }
    this._runsSince ??= Date.now();
    if (endpoint !== undefined) {
      await this._greet(endpoint, phase);
    } else if (pages && Object.keys(pages).length > 0) {
      await this._greetPage(Object.values(pages)[0], phase);
    } else {
      this._set('starting', phase || 'Waiting for its address');
    }
    this._endIdle();
    await this._endLate();
  }

  /** A development environment has no API: its page answers, or not yet. */
  private async _greetPage(page: string, phase: string): Promise<void> {
    this._handshake.refuse(noApi(this._options.title));
    const isOpen = await answersHttp(page, this._hold.signal());
    if (isOpen && this._record.readyAt === undefined) {
      this._update({ readyAt: new Date().toISOString() });
    }
    const wasReady = this._record.readyAt !== undefined;
    const waits = wasReady ? 'unreachable' : 'starting';
    const says = phase || 'It runs; its page does not answer yet';
    this._set(isOpen ? 'ready' : waits, isOpen ? '' : says);
  }

  private async _greet(endpoint: string, phase: string): Promise<void> {
    const { about, failure, isLost } = await this._askApi(endpoint);
    if (this._isClosed) {
      return;
    }
    if (about) {
      this._announce(endpoint, about.modelPath);
    } else if (this._record.readyAt === undefined) {
      this._set('starting', phase || 'It runs; its API does not answer yet');
    } else if (isLost) {
      this._set('unreachable', 'It does not answer', failure?.message);
    }
  }

  /** What is about to answer is asked more often than its target. */
  private async _askApi(endpoint: string): Promise<IGreeting> {
    const isSeldom = this._idleMinutes > 0 && this._unusedMs >= USED_MS;
    const deadline = Date.now() + GREET_MS;
    for (;;) {
      const signal = this._hold.signal();
      const greeting = await this._handshake.greet(endpoint, isSeldom, signal);
      const isNew = this._record.readyAt === undefined;
      const isOver = this._stopped.signal.aborted || Date.now() > deadline;
      if (greeting.about || !isNew || isOver) {
        return greeting;
      }
      await sleep(GREET_REST_MS);
    }
  }

  private _announce(endpoint: string, modelPath: string): void {
    const known = this._record;
    if (known.state !== 'ready' || known.endpoint !== endpoint) {
      this._update({
        state: 'ready',
        phase: '',
        error: undefined,
        readyAt: new Date().toISOString(),
        endpoint,
        modelPath
      });
    }
  }

  private _endIdle(): void {
    const minutes = this._idleMinutes;
    if (minutes > 0 && this._unusedMs >= minutes * 60_000) {
      this._told = { phase: `Stopped after ${minutes} minutes without use` };
      this.stop();
    }
  }

  private async _endLate(): Promise<void> {
    const { startSeconds, title, target, logFile } = this._options;
    const isNew = this._record.readyAt === undefined && !this._isStopping;
    const runsMs = Date.now() - (this._runsSince as number);
    if (
      isNew &&
      this._record.state !== 'ready' &&
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
    const isEnding = this._record.state === 'stopping';
    const isSilent = failure.key === 'target-unreachable';
    const says = isSilent
      ? `${title} does not answer`
      : `${title} refuses to say how it stands`;
    this._set(
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
    this._update({
      state: end.failure ? 'failed' : 'stopped',
      phase: end.phase ?? '',
      error: end.failure?.message,
      endpoint: undefined
    });
  }

  /** Say so where it is news. */
  private _set(
    state: Deployment['state'],
    phase: string,
    error?: string
  ): void {
    const known = this._record;
    if (
      known.state !== state ||
      known.phase !== phase ||
      known.error !== error
    ) {
      this._update({ state, phase, error });
    }
  }

  private get _stopReason(): IEnd {
    return this._told ?? {};
  }

  private get _pacing(): Pace.IKind {
    if (this._isAway) {
      return 'away';
    }
    const isNews = Date.now() - Date.parse(this._record.since) < USED_MS;
    return isNews || this._isStopping ? 'news' : 'quiet';
  }

  private get _unusedMs(): number {
    const { lastUsedAt, readyAt } = this._record;
    const times = [lastUsedAt, readyAt].flatMap(each =>
      readyAt === undefined || each === undefined ? [] : Date.parse(each)
    );
    return times.length === 0 ? 0 : Date.now() - Math.max(...times);
  }

  private get _idleMinutes(): number {
    return Number(this._record.options?.idleMinutes ?? 0);
  }

  private get _isClosed(): boolean {
    return this._closed.signal.aborted;
  }

  private get _record(): Deployment {
    return this._options.records.get(this._options.id) as Deployment;
  }

  private _update(change: Partial<Deployment>): void {
    this._options.records.update(this._options.id, change);
  }

  private readonly _log: TargetLog;
  private readonly _pace = new Pace();
  private readonly _closed = new AbortController();
  private readonly _stopped = new AbortController();
  private readonly _handshake: Handshake;
  private readonly _hold: TargetHold;
  private _isOver = false;
  private _isStopping = false;
  private _isRemoved: boolean;
  private _isAway = false;
  private _runsSince?: number;
  private _noted?: string;
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
