import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { Handshake } from './handshake';
import { ILife, IReadyModule } from './life';
import { tailOfLog } from './logFile';
import { Pace } from './pace';
import { DeploymentRecords, IPlacement } from './records';
import { noApi, stopped, tooLate, vanished } from './targetEndings';
import { TargetLog } from './targetLog';
import { IDeployable, IObserved, ITarget } from './targets/target';

/** How long a target may take for an answer about something that it runs. */
const ASK_MS = 30_000;
const USED_MS = 60_000;

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
        end = await this._removeAll();
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
    const handle = await this._obtain();
    return handle === undefined ? this._giveUp() : this._follow(handle);
  }

  /** Nothing was begun, or its user wants it no longer. */
  private async _giveUp(): Promise<IEnd | undefined> {
    return this._isClosed || this._isRemoved ? undefined : this._removeAll();
  }

  /** The handle of what runs, found or begun; undefined when it is wanted no longer. */
  private async _obtain(): Promise<string | undefined> {
    const { task } = this._options;
    const known = this._placement.handle;
    if (known !== undefined && task !== 'again') {
      return known;
    }
    if (known !== undefined && (await this._startAgain(known))) {
      return known;
    }
    while (!this._isUnwanted) {
      try {
        const found = await this._find();
        const handle = found ?? (await this._begin());
        this._place({ handle });
        this._mayStart = found !== undefined;
        return handle;
      } catch (error) {
        if (this._isUnwanted) {
          break;
        }
        if ((error as DeepError).key !== 'target-unreachable') {
          await this._clear();
          throw error;
        }
        // What was sent may have come there: it is looked for before anything is begun again.
        this._setAway(error as DeepError);
        await this._pace.rest('away');
      }
    }
    return undefined;
  }

  /** What failed is told, not that its leavings could not be cleared away: its removal does that later. */
  private async _clear(): Promise<void> {
    const { target, id } = this._options;
    await target.clear?.(id, this._signal()).catch(() => undefined);
  }

  private async _find(): Promise<string | undefined> {
    const { target, id } = this._options;
    return target.find(id, this._signal());
  }

  private async _begin(): Promise<string> {
    const { target, id, what, choices, onCommit } = this._options;
    this._update({ state: 'preparing', phase: 'Preparing', error: undefined });
    return target.begin(id, await what(), choices(), {
      signal: this._stopped.signal,
      onPhase: phase => this._isUnwanted || this._update({ phase }),
      onLog: text => void this._log.write(text),
      agreed: this._placement.agreed,
      remembered: this._placement.facts,
      remember: fact =>
        this._place({ facts: [...(this._placement.facts ?? []), fact] }),
      onCommit
    });
  }

  /** Whether what was stopped runs again; else nothing of it is left. */
  private async _startAgain(handle: string): Promise<boolean> {
    const { target } = this._options;
    const { state } = await target.observe(handle, this._signal());
    const canStart = state === 'stopped' || state === 'ended';
    if (canStart && target.start) {
      await target.start(handle, this._signal());
      return true;
    }
    if (state === 'running' || state === 'waiting') {
      return true;
    }
    await target.remove(handle, this._signal());
    this._place({ handle: undefined });
    this._log.restart();
    return false;
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
        await target.stop(handle, this._signal());
      }
      const seen = await target.observe(handle, this._signal());
      this._isAway = false;
      if (seen.state !== 'gone') {
        await this._log.bring(target, handle, this._signal());
      }
      return await this._take(handle, seen);
    } catch (error) {
      if (this._isClosed || this._isRemoved) {
        return undefined;
      }
      const failure = asDeepError(error);
      if (failure.key !== 'target-unreachable') {
        throw error;
      }
      this._setAway(failure);
      return undefined;
    }
  }

  private async _take(
    handle: string,
    seen: IObserved
  ): Promise<IEnd | undefined> {
    const { target, title } = this._options;
    this.memoryBytes = seen.memoryBytes;
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
      if (this._mayStart && target.start && !this._isStopping) {
        this._mayStart = false;
        await target.start(handle, this._signal());
        return undefined;
      }
      return this._isStopping
        ? this._stopReason
        : { phase: `It was stopped at ${target.title}` };
    }
    this._mayStart = false;
    if (!this._isStopping) {
      await this._meet(seen);
    }
    return undefined;
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
      this._handshake.refuse(noApi(this._options.title));
      this._set('ready', '');
    } else {
      this._set('starting', phase || 'Waiting for its address');
    }
    this._endIdle();
    await this._endLate();
  }

  private async _greet(endpoint: string, phase: string): Promise<void> {
    const isSeldom = this._idleMinutes > 0 && this._unusedMs >= USED_MS;
    const { about, failure, isLost } = await this._handshake.greet(
      endpoint,
      isSeldom,
      this._signal()
    );
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
    const { target } = this._options;
    this._isAway = true;
    const isEnding = this._record.state === 'stopping';
    const phase = isEnding
      ? `${target.title} does not answer; it is ended when it does`
      : `${target.title} does not answer`;
    const state = isEnding ? 'stopping' : 'unreachable';
    this._set(state, phase, failure.message);
  }

  private async _removeAll(): Promise<IEnd | undefined> {
    const { target, id } = this._options;
    while (!this._isClosed) {
      try {
        const handle = this._placement.handle ?? (await this._find());
        await (handle === undefined
          ? target.clear?.(id, this._signal())
          : target.remove(handle, this._signal()));
        return { isGone: true };
      } catch (error) {
        if ((error as DeepError).key !== 'target-unreachable') {
          throw error;
        }
        this._setAway(error as DeepError);
        this._pace.endTurn();
        await this._pace.rest('away');
      }
    }
    return undefined;
  }

  private _recordEnd(end: IEnd | undefined): void {
    if (!end) {
      return;
    }
    if (end.isGone) {
      this._place({ handle: undefined });
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

  private get _isUnwanted(): boolean {
    return this._stopped.signal.aborted;
  }

  private _signal(): AbortSignal {
    return AbortSignal.any([this._closed.signal, AbortSignal.timeout(ASK_MS)]);
  }

  private get _record(): Deployment {
    return this._options.records.get(this._options.id) as Deployment;
  }

  private get _placement(): IPlacement {
    return this._options.records.placement(this._options.id) ?? {};
  }

  private _place(change: Partial<IPlacement>): void {
    this._options.records.place(this._options.id, change);
  }

  private _update(change: Partial<Deployment>): void {
    this._options.records.update(this._options.id, change);
  }

  private readonly _log: TargetLog;
  private readonly _pace = new Pace();
  private readonly _closed = new AbortController();
  private readonly _stopped = new AbortController();
  private readonly _handshake: Handshake;
  private _isOver = false;
  private _isStopping = false;
  private _isRemoved: boolean;
  private _isAway = false;
  /** It was found without being written down: it may have been made and not started. */
  private _mayStart = false;
  private _runsSince?: number;
  private _noted?: string;
  /** Why we end it ourselves. */
  private _told?: IEnd;
}

export namespace TargetLife {
  export interface IOptions {
    id: string;
    title: string;
    target: ITarget;
    logFile: string;
    records: DeploymentRecords;
    /** `find` takes up what may have been begun, `again` what was stopped; `remove` ends it for good. */
    task: 'find' | 'again' | 'remove';
    /** How long it may run without answering. */
    startSeconds: number;
    what(): Promise<IDeployable>;
    /** As its user chose them, with passwords. */
    choices(): Record<string, unknown>;
    /** Foreign code turned out to be exactly this. */
    onCommit(origin: string, commit: string): Promise<void>;
  }
}
