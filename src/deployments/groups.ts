import type { Deployment, Target } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { isLive } from '../inference/presentDeployment';

/** What runs, or ran, at one place. */
export interface ITargetGroup {
  id: string;
  title: string;
  /** Null of connections, and of a target that is no longer configured. */
  target: Target | null;
  current: Deployment[];
  /** Ended ones that have a successor, or that are connections. */
  earlier: Deployment[];
}

/** Of what somebody else runs. */
export const CONNECTIONS = 'address';

/** Every target, in the order of the service, then what belongs to none of them. */
export function groupByTarget(
  targets: readonly Target[],
  deployments: readonly Deployment[],
  trans: TranslationBundle
): ITargetGroup[] {
  const groups = new Map<string, ITargetGroup>(
    targets.map(target => [target.id, groupOf(target.id, target.title, target)])
  );
  for (const deployment of deployments) {
    const id = targetOf(deployment);
    const group = groups.get(id) ?? groupOf(id, titleOf(id, trans), null);
    groups.set(id, group);
    (isEarlier(deployment, group) ? group.earlier : group.current).push(
      deployment
    );
  }
  return [...groups.values()].filter(
    ({ id, current, earlier }) =>
      id !== CONNECTIONS || current.length + earlier.length > 0
  );
}

export const targetOf = ({ target, targetId }: Deployment): string =>
  targetId ?? target;

const groupOf = (
  id: string,
  title: string,
  target: Target | null
): ITargetGroup => ({ id, title, target, current: [], earlier: [] });

function titleOf(id: string, trans: TranslationBundle): string {
  switch (id) {
    case 'process':
      return trans.__('This machine');
    case CONNECTIONS:
      return trans.__('Connected servers');
    default:
      return trans.__('%1 (no longer configured)', id);
  }
}

/** Newer ones come first. */
function isEarlier(
  deployment: Deployment,
  { id, current }: ITargetGroup
): boolean {
  if (isLive(deployment) || deployment.state === 'stopping') {
    return false;
  }
  return (
    id === CONNECTIONS ||
    current.some(({ module }) => module === deployment.module)
  );
}
