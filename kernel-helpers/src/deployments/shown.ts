import type { Deployment, Target, TargetPlan } from '@jupyterlab-deep/protocol';
import { IMimeBundle } from '../display/bundle';
import { CommandLink, Row, tableBundle } from '../display/table';

/** Opens the module's page in JupyterLab. */
const OPEN = 'deep:open-module';

const COLUMNS = [
  'deployment',
  'id',
  'module',
  'target',
  'state',
  'has',
  'says'
];

function rowOf(deployment: Deployment): Row {
  const { id, title, module, target, targetId, state } = deployment;
  const { resources, phase, error } = deployment;
  return {
    deployment: new CommandLink(title, OPEN, { id: module }),
    id,
    module,
    target: targetId ?? target,
    state,
    has: resources,
    says: error ?? phase
  };
}

export const deploymentBundle = (deployment: Deployment): IMimeBundle =>
  tableBundle([rowOf(deployment)], COLUMNS);

export const deploymentsBundle = (
  deployments: readonly Deployment[]
): IMimeBundle =>
  tableBundle(
    deployments.map(rowOf),
    COLUMNS,
    deployments.length === 0 ? 'Nothing runs, and nothing has run.' : ''
  );

export const targetsBundle = (targets: readonly Target[]): IMimeBundle =>
  tableBundle(
    targets.map(({ id, title, state, said, hint, used, account }) => ({
      id,
      title,
      state,
      used,
      account,
      says: [said, hint].filter(Boolean).join(' ')
    })),
    ['id', 'title', 'state', 'used', 'account', 'says']
  );

/** What can be chosen, and what would happen. */
export function planBundle(plan: TargetPlan): IMimeBundle {
  const { properties = {} } = plan.options as {
    properties?: Record<string, Record<string, unknown>>;
  };
  const rows = Object.entries(properties).map(([option, schema]) => ({
    option,
    type: schema.enum ?? schema.type,
    default: schema.default,
    from: schema.minimum,
    to: schema.maximum,
    meaning: schema.description ?? schema.title
  }));
  const { isPossible, reason, says, warnings, cost } = plan;
  const words = isPossible
    ? [...says, ...warnings, cost && `Cost: ${cost}`].filter(Boolean).join(' ')
    : `It cannot run there. ${reason ?? ''}`;
  const columns = ['option', 'type', 'default', 'from', 'to', 'meaning'];
  return tableBundle(
    rows,
    columns,
    `${plan.module} at ${plan.target}: ${words}`
  );
}
