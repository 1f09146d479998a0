import type { Deployment } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What can be done with a deployment. */
export type Offer =
  | 'try'
  | 'api'
  | 'stop'
  | 'start'
  | 'restart'
  | 'log'
  | 'disconnect'
  | 'check'
  | 'duplicate'
  | 'redeploy'
  | 'remove';

const IN_ROW: readonly Offer[] = [
  'try',
  'api',
  'stop',
  'start',
  'restart',
  'disconnect',
  'log'
];

export const IN_MENU: readonly Offer[] = [
  'check',
  'duplicate',
  'redeploy',
  'remove'
];

/** What is offered in the row itself: of what has failed, also what helps. */
export function rowOffers(deployment: Deployment): Offer[] {
  const offers = offersOf(deployment);
  const shown: Offer[] =
    deployment.state === 'failed'
      ? [...IN_ROW, 'redeploy', 'remove']
      : [...IN_ROW];
  return shown.filter(offer => offers.has(offer));
}

/** What can be done with it as it is now. */
export function offersOf({ target, state }: Deployment): ReadonlySet<Offer> {
  const hasEnded = state === 'stopped' || state === 'failed';
  const isStopping = state === 'stopping';
  const isUp = state === 'ready' || state === 'unreachable';
  const asked: Offer[] = state === 'ready' ? ['try', 'api', 'check'] : [];
  if (target === 'address') {
    return new Set([...asked, hasEnded ? 'remove' : 'disconnect']);
  }
  return new Set<Offer>([
    ...asked,
    ...(hasEnded ? (['start'] as const) : []),
    ...(!hasEnded && !isStopping ? (['stop'] as const) : []),
    ...(isUp ? (['restart'] as const) : []),
    'log',
    'duplicate',
    'redeploy',
    'remove'
  ]);
}

/** Its name on a button. */
export function offerWord(
  offer: Offer,
  { state }: Pick<Deployment, 'state'>,
  trans: TranslationBundle
): string {
  switch (offer) {
    case 'try':
      return trans.__('Try');
    case 'api':
      return trans.__('API');
    case 'stop':
      return state === 'ready' || state === 'unreachable'
        ? trans.__('Stop')
        : trans.__('Cancel');
    case 'start':
      return trans.__('Start');
    case 'restart':
      return trans.__('Restart');
    case 'log':
      return trans.__('Log');
    case 'disconnect':
      return trans.__('Disconnect');
    case 'check':
      return trans.__('Check…');
    case 'duplicate':
      return trans.__('Duplicate…');
    case 'redeploy':
      return trans.__('Redeploy Elsewhere…');
    case 'remove':
      return trans.__('Remove…');
  }
}
