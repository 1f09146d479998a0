import { setImmediate as breathe } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { isNoSpace } from '../store/diskErrors';
import { Ends } from './ends';
import { Flow } from './flow';
import { groupsOf } from './groups';
import { NodeWork } from './nodeWork';
import { failureOf, IOutcome, outcomeOf, Tokens, tokensIn } from './outcome';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { IItemRow, IWaitingOrigin } from './recordShapes';
import { ICarried, IFiring } from './token';

/** Origins under way at once, and more for each module, so that none waits for another. */
const FLOWS = 32;
const FLOWS_A_MODULE = 24;
/** What they may hold in memory; one is always under way. */
const FLOW_BYTES = 64 * 1024 * 1024;
const READ_AHEAD = 128;

/** How a node stands now. */
export interface INodeNow {
  waiting: number;
  active: number;
}

/** Lets the origins of one run go through its nodes until none is left, or the signal comes. */
export class TopologyEngine {
  constructor(private readonly _parts: TopologyEngine.IParts) {
    const { plan, records } = _parts;
    this._most = FLOWS + FLOWS_A_MODULE * plan.modules.length;
    this._lastItem = records.lastItem;
    // What was under way when an earlier service ended is not done again.
    this._isResumed = this._lastItem > 0;
    this._ends = new Ends(records, {
      onWritten: () => _parts.onEnds(),
      onTrouble: error => {
        this._trouble ??= error;
        this._wake();
      }
    });
  }

  /**
   * Resolves when nothing more will come; rejects with the signal's reason, or with why it cannot go on. Whatever has
   * ended by then is written down.
   */
  async run(): Promise<void> {
    const { signal } = this._parts;
    const wake = (): void => this._wake();
    signal.addEventListener('abort', wake);
    this._dropHalfMerged();
    try {
      await this._loop();
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', wake);
      this._isEnding = true;
      await Promise.all(this._underWay);
      this._ends.commit();
    }
    if (this._trouble) {
      throw this._trouble;
    }
  }

  now(node: string): INodeNow {
    return this._now.get(node) ?? NOTHING;
  }

  /** A kill may have come while groups were made into origins: nothing of them was begun. */
  private _dropHalfMerged(): void {
    const { plan, records } = this._parts;
    const merged = records.about('merged') ?? [];
    plan.collectors
      .filter(id => !merged.includes(id))
      .forEach(id => records.removeOrigins(id));
  }

  private async _loop(): Promise<void> {
    const { signal } = this._parts;
    while (!signal.aborted) {
      if (this._trouble) {
        throw this._trouble;
      }
      this._admit();
      if (this._flows.size > 0) {
        await this._news();
      } else if (!(await this._mergeNext())) {
        return;
      }
    }
  }

  private _admit(): void {
    while (this._flows.size < this._most && this._mayHold()) {
      if (this._ahead.length === 0 && !this._isRead) {
        this._ahead = this._parts.records.waiting(this._next, READ_AHEAD);
        this._next = (this._ahead.at(-1)?.origin ?? this._next - 1) + 1;
        this._isRead = this._ahead.length === 0;
      }
      const origin = this._ahead.shift();
      if (!origin) {
        return;
      }
      this._begin(origin);
    }
  }

  private _mayHold(): boolean {
    return this._flows.size === 0 || this._bytes < FLOW_BYTES;
  }

  private _begin(waiting: IWaitingOrigin): void {
    const { origin: index, source, name, given, parents } = waiting;
    const origin = { index, name };
    const state: IState = {
      flow: new Flow(this._parts.plan, origin, source, {
        fire: firing => this._fire(state, firing),
        done: () => this._done(state)
      }),
      known: this._isResumed ? this._knownOf(index) : undefined,
      bytes: 0
    };
    this._flows.add(state);
    const firing: IFiring = {
      ...{ node: source, origin, key: '', name: '' },
      inputs: new Map()
    };
    const known = state.known?.get(idOf(firing));
    if (known) {
      state.flow.begin(tokensIn(known));
      return;
    }
    const { problem, ...outputs } = given as Record<string, ICarried>;
    const result = {
      outputs: Object.entries(outputs).map(([port, each]) => ({
        port,
        ...each
      }))
    };
    const outcome = problem
      ? failureOf(firing, problem.value as IItemRow['error'], this._nextItem)
      : outcomeOf(firing, result, this._nextItem, parents);
    state.flow.begin(this._record(state, outcome));
  }

  private _knownOf(origin: number): Map<string, IItemRow[]> {
    const { plan, records } = this._parts;
    const rows = plan.order.flatMap(node => records.ended(node, origin));
    return Map.groupBy(rows, ({ node, firing }) => `${node} ${firing}`);
  }

  private _fire(state: IState, firing: IFiring): void {
    if (this._isEnding || this._trouble) {
      return;
    }
    const known = state.known?.get(idOf(firing));
    if (known) {
      queueMicrotask(() => state.flow.ended(firing, tokensIn(known)));
      return;
    }
    const now = this._nowOf(firing.node);
    now.waiting += 1;
    let isBegun = false;
    const onBegin = (): void => {
      now.waiting -= isBegun ? 0 : 1;
      now.active += isBegun ? 0 : 1;
      isBegun = true;
    };
    const work = this._do(state, firing, onBegin).finally(() => {
      now.waiting -= isBegun ? 0 : 1;
      now.active -= isBegun ? 1 : 0;
      this._underWay.delete(work);
      this._wake();
    });
    this._underWay.add(work);
  }

  private async _do(
    state: IState,
    firing: IFiring,
    onBegin: () => void
  ): Promise<void> {
    const { signal, work } = this._parts;
    try {
      // Whoever fired it is still at it.
      await Promise.resolve();
      signal.throwIfAborted();
      const steps = state.flow.stepsFor(firing);
      const result = await work.do(firing, steps, onBegin);
      signal.throwIfAborted();
      const outcome = outcomeOf(firing, result, this._nextItem);
      state.flow.ended(firing, this._record(state, outcome));
    } catch (error) {
      this._fail(state, firing, error);
    }
  }

  private _fail(state: IState, firing: IFiring, error: unknown): void {
    const { signal, isTrouble, onFailure } = this._parts;
    if (signal.aborted || this._trouble) {
      return;
    }
    const failure = asDeepError(error);
    if (isNoSpace(error) || failure.key === 'no-space' || isTrouble(failure)) {
      this._trouble = failure;
      return;
    }
    onFailure(firing, failure);
    const outcome = failureOf(firing, failure.toProblem(), this._nextItem);
    state.flow.ended(firing, this._record(state, outcome));
  }

  /** Let it be written down. @returns what goes on. */
  private _record(state: IState, { rows, tokens, bytes }: IOutcome): Tokens {
    state.bytes += bytes;
    this._bytes += bytes;
    this._ends.add(rows);
    return tokens;
  }

  private _done(state: IState): void {
    this._flows.delete(state);
    this._bytes -= state.bytes;
    this._ends.addOrigin(state.flow.origin.index);
    this._wake();
  }

  /** Merges by key get their turn when nothing more will come to them. */
  private async _mergeNext(): Promise<boolean> {
    this._ends.commit();
    const { plan, records } = this._parts;
    const merged = records.about('merged') ?? [];
    const next = plan.collectors.find(id => !merged.includes(id));
    if (next === undefined || this._trouble) {
      return false;
    }
    await groupsOf(records, plan, next);
    records.note('merged', [...merged, next]);
    this._isRead = false;
    await breathe();
    return true;
  }

  private async _news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this._wake = resolve;
    const { signal } = this._parts;
    if (!signal.aborted && !this._trouble) {
      await promise;
    }
  }

  private _nowOf(node: string): INodeNow {
    const now = this._now.get(node) ?? { waiting: 0, active: 0 };
    this._now.set(node, now);
    return now;
  }

  private readonly _nextItem = (): number => ++this._lastItem;

  private readonly _ends: Ends;
  private readonly _most: number;
  private readonly _isResumed: boolean;
  private readonly _flows = new Set<IState>();
  private readonly _underWay = new Set<Promise<void>>();
  private readonly _now = new Map<string, INodeNow>();
  private _ahead: IWaitingOrigin[] = [];
  private _next = 0;
  private _isRead = false;
  private _isEnding = false;
  private _bytes = 0;
  private _lastItem: number;
  private _trouble?: DeepError;
  private _wake: () => void = () => undefined;
}

export namespace TopologyEngine {
  export interface IParts {
    plan: Plan;
    records: TopologyRecords;
    work: NodeWork;
    signal: AbortSignal;
    /** Some ends were written down. */
    onEnds(): void;
    onFailure(firing: IFiring, failure: DeepError): void;
    /** It ends the run, not only one item. */
    isTrouble(failure: DeepError): boolean;
  }
}

interface IState {
  flow: Flow;
  /** Rows of an earlier service, by work. */
  known?: ReadonlyMap<string, IItemRow[]>;
  bytes: number;
}

const NOTHING: INodeNow = { waiting: 0, active: 0 };

const idOf = ({ node, name }: IFiring): string => `${node} ${name}`;
