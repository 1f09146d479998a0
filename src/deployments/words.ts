import type { Deployment, Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatAge } from '../shared/formatAge';
import { formatSize } from '../shared/sizes';
import { formatAgo } from '../shared/time';

/** A shape beside the words, so that colour is never alone. */
export const TARGET_SIGNS: Record<Target['state'], string> = {
  unknown: '◌',
  reachable: '●',
  unreachable: '▲',
  'needs-account': '▲'
};

const MINUTE_MS = 60_000;

/** Something goes on that ends by itself. */
export const isMoving = ({ state }: Deployment): boolean =>
  state === 'preparing' || state === 'starting' || state === 'stopping';

/** The state in a word or two. */
export function stateWord(
  { state }: Pick<Deployment, 'state'>,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'preparing':
      return trans.__('preparing');
    case 'starting':
      return trans.__('starting');
    case 'ready':
      return trans.__('ready');
    case 'unreachable':
      return trans.__('does not answer');
    case 'stopping':
      return trans.__('stopping');
    case 'stopped':
      return trans.__('stopped');
    case 'failed':
      return trans.__('failed');
  }
}

/** A change of state as a sentence. */
export const newsOf = (
  deployment: Deployment,
  trans: TranslationBundle
): string =>
  trans.__('%1: %2.', deployment.title, stateWord(deployment, trans));

/** *1.2 GB · 14 min · used 2 minutes ago* */
export function factsOf(
  deployment: Deployment,
  trans: TranslationBundle,
  now = Date.now()
): string {
  const { state, phase, since, createdAt, readyAt } = deployment;
  const { resources, memoryBytes, lastUsedAt } = deployment;
  if (state === 'stopped' || state === 'failed') {
    return [formatAgo(new Date(since), now), phase].filter(Boolean).join(' · ');
  }
  return [
    resources,
    memoryBytes !== undefined && formatSize(memoryBytes),
    formatAge(now - Date.parse(readyAt ?? createdAt)),
    lastUsedAt
      ? trans.__('used %1', formatAgo(new Date(lastUsedAt), now))
      : trans.__('not used yet')
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Empty while there was news of late. */
export function silenceWords(
  heardAt: number,
  trans: TranslationBundle,
  now = Date.now()
): string {
  const silentMs = now - heardAt;
  return silentMs < MINUTE_MS
    ? ''
    : trans.__('no news for %1', formatAge(silentMs));
}

/** What is used of a target, and how long its account holds: *2 of 24 GB · token 40 min*. */
export function targetFacts(
  { used, accountUntil }: Target,
  trans: TranslationBundle,
  now = Date.now()
): string {
  const leftMs = Date.parse(accountUntil ?? '') - now;
  return [
    used,
    accountUntil &&
      (leftMs > 0
        ? trans.__('token %1', formatAge(leftMs))
        : trans.__('token expired'))
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The first sentence: what follows tells how that was found out. */
export function gistOf(said: string): { gist: string; rest: string } {
  const [gist = '', ...rest] = said.split(/(?<=[.!?])\s+/);
  return { gist, rest: rest.join(' ') };
}

/** Whether it can be used now. */
export function targetState(
  { state }: Target,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'unknown':
      return trans.__('not asked yet');
    case 'reachable':
      return trans.__('reachable');
    case 'unreachable':
      return trans.__('does not answer');
    case 'needs-account':
      return trans.__('asks you to sign in');
  }
}
