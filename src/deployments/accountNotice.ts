import type { DeepEvent, Target } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { IDeepService } from '../service/tokens';
import { formatAge } from '../shared/formatAge';

/** So long before the end it is said. What renews itself has done so by then, as sessions of 20 minutes and more are. */
const AHEAD_MS = 5 * 60_000;
/** It stays under the bell after that. */
const SHOWN_MS = 15_000;
/** Timers hold 2^31 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Something that runs at a target. */
export interface IRunningAt {
  title: string;
  /** Id of its target. */
  place: string;
}

/** Says once, before an account ends, what runs with it: nobody can see or stop that from here afterwards. */
export class AccountNotice implements IDisposable {
  constructor(private readonly _options: AccountNotice.IOptions) {
    _options.service.eventReceived.connect(this._onEvent, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  /** What runs elsewhere now; where that is nothing, nobody is asked anything. */
  watch(running: readonly IRunningAt[]): void {
    const places = (all: readonly IRunningAt[]): string =>
      [...new Set(all.map(({ place }) => place))].sort().join(' ');
    const isNews = places(running) !== places(this._running);
    this._running = running;
    if (isNews) {
      void this._look();
    }
  }

  private async _look(): Promise<void> {
    clearTimeout(this._timer);
    if (this._running.length === 0) {
      return;
    }
    const targets = await this._targets();
    if (!this._isDisposed) {
      this._plan(targets);
    }
  }

  private async _targets(): Promise<Target[]> {
    try {
      const { targets } = await this._options.service.requestJson<{
        targets: Target[];
      }>('deployments/targets', { isOnlyIfRunning: true });
      return targets;
    } catch {
      // Where no service answers there is nothing to say about its accounts; its next events ask again.
      return [];
    }
  }

  private _plan(targets: readonly Target[]): void {
    clearTimeout(this._timer);
    const now = Date.now();
    const ending = targets.filter(target => this._concerns(target, now));
    const near = ending.filter(each => endOf(each) - now <= AHEAD_MS);
    near.forEach(each => this._say(each, endOf(each) - now));
    const next = ending
      .filter(each => !near.includes(each))
      .map(each => endOf(each) - AHEAD_MS - now)
      .sort((a, b) => a - b)[0];
    if (next !== undefined) {
      this._timer = setTimeout(
        () => void this._look(),
        Math.min(next, LONGEST_TIMER_MS)
      );
    }
  }

  /** Something runs there, its account ends, and nobody has said so yet. */
  private _concerns(target: Target, now: number): boolean {
    return (
      endOf(target) > now &&
      !this._said.has(keyOf(target)) &&
      this._running.some(({ place }) => place === target.id)
    );
  }

  private _say(target: Target, leftMs: number): void {
    const { trans, signIn } = this._options;
    const titles = this._running
      .filter(({ place }) => place === target.id)
      .map(({ title }) => title)
      .join(', ');
    this._said.add(keyOf(target));
    Notification.warning(
      trans.__(
        'Your sign-in for %1 ends in %2. %3 goes on there, but cannot be seen or stopped from here until you sign in again.',
        target.title,
        formatAge(leftMs),
        titles
      ),
      {
        autoClose: SHOWN_MS,
        actions: signIn && [{ label: trans.__('Sign in…'), callback: signIn }]
      }
    );
  }

  /** An account was renewed, or linked again. */
  private _onEvent(_: IDeepService, { event }: DeepEvent): void {
    if (event === 'account' || event === 'reset') {
      void this._look();
    }
  }

  private readonly _said = new Set<string>();
  private _running: readonly IRunningAt[] = [];
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
}

export namespace AccountNotice {
  export interface IOptions {
    service: IDeepService;
    trans: TranslationBundle;
    /** Lead to where one signs in; absent where nothing here can. */
    signIn?: () => void;
  }
}

const endOf = ({ accountUntil }: Target): number =>
  Date.parse(accountUntil ?? '');

/** The same account that was linked again ends at another time. */
const keyOf = ({ id, accountUntil }: Target): string => `${id} ${accountUntil}`;
