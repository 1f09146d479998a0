import { DeepError } from '@jupyterlab-deep/protocol';

/** Too many requests, and not available for a while (RFC 6585, RFC 9110). */
const LATER = [429, 503];

const waits = new WeakMap<DeepError, number>();

/** Remember of a refusal that it only puts its caller off. */
export function notePutOff(
  error: DeepError,
  status: number,
  header: string | string[] | undefined
): DeepError {
  if (LATER.includes(status)) {
    waits.set(error, inMs(String(header ?? '').trim()));
  }
  return error;
}

/** Milliseconds that a busy module wants its caller to wait, 0 where it does not say; undefined of any other failure. */
export const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof DeepError ? waits.get(error) : undefined;

/** Seconds, or a date. */
function inMs(text: string): number {
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
