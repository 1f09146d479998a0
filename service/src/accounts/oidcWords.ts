import {
  Account,
  AccountDisconnection,
  DeepError
} from '@jupyterlab-deep/protocol';
import { IPerson } from './claims';
import { ITokens } from './oidcClient';

/** Until when it holds, as a right clock shows it. */
export function endOf(
  { accessUntil, refreshToken, refreshUntil }: ITokens,
  aheadMs: number
): Pick<Account, 'until' | 'isRenewed'> {
  const isRenewed = refreshToken !== undefined;
  const ends = isRenewed ? refreshUntil : accessUntil;
  return {
    isRenewed,
    ...(ends !== undefined && { until: new Date(ends + aheadMs).toISOString() })
  };
}

export const needed = ({ detail, title }: Account): DeepError =>
  new DeepError(
    'account-needed',
    detail ?? `The sign-in at ${title} has ended.`,
    { hint: 'Sign in again under *Accounts*.' }
  );

export const notRevoked = (
  title: string,
  { detail }: DeepError
): AccountDisconnection => ({
  isRevoked: false,
  detail: `The sign-in at ${title} was forgotten here, but not revoked: ${detail} You can end it on its page.`
});

export const otherPerson = (known: Account, now: IPerson): DeepError =>
  new DeepError(
    'conflict',
    `This sign-in is of ${now.name ?? now.subject}, the account of ${known.name ?? known.subject}.`,
    {
      hint: 'Sign in as the same person, or link it as another account.'
    }
  );
