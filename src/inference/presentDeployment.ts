import type { Deployment } from '@jupyterlab-deep/protocol';

const LIVE: ReadonlyArray<Deployment['state']> = [
  'preparing',
  'starting',
  'ready',
  'unreachable'
];

/** Whether it runs, as far as is known, or is on its way. */
export function isLive({ state }: Deployment): boolean {
  return LIVE.includes(state);
}

/**
 * The deployment that the service asks, by its own rule: what is ready before what is not, what is here before what is elsewhere.
 * Where none lives, the one that ended last.
 */
export function presentOf(deployments: Deployment[]): Deployment | null {
  const rank = (each: Deployment): number =>
    isLive(each)
      ? (each.state === 'ready' ? 0 : 2) + (each.target === 'process' ? 0 : 1)
      : 4;
  const [present = null] = [...deployments].sort(
    (a, b) => rank(a) - rank(b) || b.since.localeCompare(a.since)
  );
  return present;
}
