import { ITokens } from './oidcClient';

/** A token is renewed so long before its end: a request with it has to arrive, too. */
const MARGIN_MS = 60_000;
/** Of shorter lives, this part. */
const MARGIN_PART = 1 / 3;
/** A session that would run out is renewed when this part of its life is over. */
const RENEW_AT_PART = 0.75;
const SOONEST_MS = 1000;
/** Timers hold 2^31 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** When tokens of accounts have to be renewed. */
export class RenewalTimes {
  constructor(private readonly _hooks: RenewalTimes.IHooks) {}

  /** Where accounts of before are opened with another key, nobody knows whether it is fresh. */
  isFresh(id: string, { accessUntil, lifeMs = 0 }: ITokens): boolean {
    if (accessUntil === undefined) {
      return true;
    }
    const margin = Math.min(MARGIN_MS, lifeMs * MARGIN_PART);
    // The clock may have been set since: what has run since then counts as well.
    const endsAt = this._endsAt.get(id) ?? Infinity;
    return (
      Date.now() < accessUntil - margin && performance.now() < endsAt - margin
    );
  }

  remember(id: string, { lifeMs }: ITokens): void {
    this._endsAt.delete(id);
    if (lifeMs !== undefined) {
      this._endsAt.set(id, performance.now() + lifeMs);
    }
    this.watch(id);
  }

  /** A session that runs out is renewed in time; what cannot be renewed is marked at its end. */
  watch(id: string, isAfterEnd = true): void {
    clearTimeout(this._timers.get(id));
    const tokens = this._hooks.tokensOf(id);
    if (!tokens) {
      return;
    }
    const now = Date.now();
    const { accessUntil, refreshToken, refreshUntil } = tokens;
    const at = refreshToken
      ? refreshUntil && now + (refreshUntil - now) * RENEW_AT_PART
      : accessUntil;
    if (at !== undefined && (isAfterEnd || at > now)) {
      const delay = Math.min(LONGEST_TIMER_MS, Math.max(SOONEST_MS, at - now));
      const timer = setTimeout(() => this._hooks.onTime(id), delay);
      this._timers.set(id, timer.unref());
    }
  }

  forget(id: string): void {
    clearTimeout(this._timers.get(id));
    this._timers.delete(id);
    this._endsAt.delete(id);
  }

  close(): void {
    this._timers.forEach(timer => clearTimeout(timer));
    this._timers.clear();
  }

  private readonly _timers = new Map<string, NodeJS.Timeout>();
  /** By the clock that nobody sets. */
  private readonly _endsAt = new Map<string, number>();
}

export namespace RenewalTimes {
  export interface IHooks {
    /** Undefined of an account that has none, or has ended. */
    tokensOf(id: string): ITokens | undefined;
    onTime(id: string): void;
  }
}
