import type { IncomingHttpHeaders } from 'node:http';

/** What an answer is recognised by when it is asked for again. */
export interface IValidators {
  etag?: string;
  lastModified?: string;
  /** Until then it need not be asked for, in ms since 1970. */
  freshUntil?: number;
}

/** Whoever presses Refresh wants to see what is new: a server's word holds no longer. */
const MAX_FRESH_MS = 5 * 60_000;

/** The validators that the headers of an answer carry. */
export function validatorsOf(headers: IncomingHttpHeaders): IValidators {
  const { etag, 'last-modified': lastModified } = headers;
  const control = headers['cache-control'] ?? '';
  const maxAge = /(?:^|[\s,])max-age=(\d+)/i.exec(control)?.[1];
  const mayKeep = !/no-cache|no-store/i.test(control);
  // Caches on the way have kept it for a while already.
  const ageMs = (Number(maxAge ?? 0) - Number(headers.age ?? 0)) * 1000;
  const freshMs = mayKeep ? Math.min(ageMs || 0, MAX_FRESH_MS) : 0;
  return {
    ...(etag && { etag }),
    ...(lastModified && { lastModified }),
    ...(freshMs > 0 && { freshUntil: Date.now() + freshMs })
  };
}

export const isFresh = ({ freshUntil = 0 }: IValidators): boolean =>
  freshUntil > Date.now();

/** Headers that ask for it only if it has changed. */
export const conditionsOf = ({
  etag,
  lastModified
}: IValidators): Record<string, string> => ({
  ...(etag && { 'if-none-match': etag }),
  ...(!etag && lastModified && { 'if-modified-since': lastModified })
});
