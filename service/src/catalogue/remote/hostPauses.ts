import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteFailure } from './failure';

/** A longer wait is left to the next refresh. */
const MAX_WAIT_MS = 10_000;
/** Of a server that says “too many” without saying how long. */
const UNSAID_MS = 2000;
/** Nobody is left alone for longer: it may be a mistake, or say the year 2100. */
const MAX_PAUSE_MS = 3_600_000;

/** Hosts that asked to be left alone for a while. */
export class HostPauses {
  /** @param retryAfter `Retry-After`, if there was one. */
  heed(host: string, retryAfter: string | undefined): void {
    const waitMs = Math.min(waitOf(retryAfter) ?? UNSAID_MS, MAX_PAUSE_MS);
    const until = Math.max(Date.now() + waitMs, this._until.get(host) ?? 0);
    this._until.set(host, until);
  }

  /**
   * Wait until the host may be asked.
   *
   * @throws RemoteFailure when that is not soon; the signal's reason
   */
  async pass(host: string, signal: AbortSignal): Promise<void> {
    const until = this._until.get(host) ?? 0;
    const waitMs = until - Date.now();
    if (waitMs > MAX_WAIT_MS) {
      const time = new Date(until).toISOString().slice(11, 16);
      throw new RemoteFailure(
        `${host} gets too many requests and asks to be left alone until ${time} UTC.`,
        { isSilence: true }
      );
    }
    if (waitMs > 0) {
      await sleep(waitMs, undefined, { signal });
    }
  }

  private readonly _until = new Map<string, number>();
}

/** Milliseconds; it gives seconds or a date. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) {
    return undefined;
  }
  const seconds = Number(retryAfter);
  const waitMs = Number.isNaN(seconds)
    ? Date.parse(retryAfter) - Date.now()
    : seconds * 1000;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
