import type { Account } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a person can still do something about. */
const SOON_MS = 10 * MINUTE_MS;
/** What renews itself is renewed before; nearer to its end it was not. */
const SOON_RENEWED_MS = 5 * MINUTE_MS;

/** Until when an account holds, for people; `isUrgent` before it bites. */
export interface IHolding {
  words: string;
  isUrgent: boolean;
}

export function holdingOf(
  { isRenewed, kind, state, until }: Account,
  now: number,
  trans: TranslationBundle
): IHolding {
  if (state === 'expired') {
    return { words: trans.__('has expired'), isUrgent: true };
  }
  if (until === undefined) {
    return {
      words: isRenewed
        ? trans.__('is renewed by itself')
        : kind === 'im'
          ? trans.__('holds until it is changed there')
          : '',
      isUrgent: false
    };
  }
  const leftMs = Date.parse(until) - now;
  if (leftMs <= 0) {
    return { words: trans.__('has expired'), isUrgent: true };
  }
  const isUrgent = leftMs <= (isRenewed ? SOON_RENEWED_MS : SOON_MS);
  const left = leftWords(leftMs, trans);
  return {
    words: isUrgent
      ? trans.__('expires in %1', left)
      : trans.__('holds for %1', left),
    isUrgent
  };
}

/** `40 min`, `3 h`, `2 days`; rounded down, so that nobody relies on what is not there. */
function leftWords(leftMs: number, trans: TranslationBundle): string {
  if (leftMs < MINUTE_MS) {
    return trans.__('less than a minute');
  }
  if (leftMs < 2 * HOUR_MS) {
    return trans.__('%1 min', Math.floor(leftMs / MINUTE_MS));
  }
  if (leftMs < 2 * DAY_MS) {
    return trans.__('%1 h', Math.floor(leftMs / HOUR_MS));
  }
  const days = Math.floor(leftMs / DAY_MS);
  return trans._n('%1 day', '%1 days', days);
}

/** Who I am there. */
export const personWords = ({ email, name, subject }: Account): string =>
  [name, email].filter(Boolean).join(' · ') || (subject ?? '');

/** What an account is called where there may be several. */
export const accountLabel = (account: Account): string =>
  [account.title, account.name].filter(Boolean).join(' · ');
