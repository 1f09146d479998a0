import type {
  Deployment,
  Run,
  Target,
  TargetPlan
} from '@jupyterlab-deep/protocol';
import { propertiesFor } from '@jupyterlab-deep/protocol';
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

export const jobsBundle = (jobs: readonly Run[]): IMimeBundle =>
  tableBundle(
    jobs.map(({ id, title, module = '', job, state, phase, error }) => ({
      job: new CommandLink(title, OPEN, { id: module, tab: 'runs' }),
      id,
      target: job?.target,
      state,
      has: job?.resources,
      says: error?.detail ?? phase
    })),
    ['job', 'id', 'target', 'state', 'has', 'says'],
    jobs.length === 0 ? 'There is no batch job, and there was none.' : ''
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

interface IOptionSchema {
  properties?: Record<string, IOptionSchema>;
  [name: string]: unknown;
}

/** A row for each option; those in groups by `group.name`, as far as nothing else is chosen than what is usual. */
const optionRows = (
  properties: Record<string, IOptionSchema>,
  group = ''
): Row[] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const option = `${group}${name}`;
    return schema.properties
      ? optionRows(schema.properties, `${option}.`)
      : [
          {
            option,
            type: schema.enum ?? choicesOf(schema) ?? schema.type,
            default: schema.default,
            from: schema.minimum,
            to: schema.maximum,
            meaning: schema.description ?? schema.title
          }
        ];
  });

const choicesOf = ({ oneOf }: IOptionSchema): unknown =>
  (oneOf as { const?: unknown }[] | undefined)?.map(each => each.const);

/** What can be chosen, and what would happen. */
export function planBundle(plan: TargetPlan): IMimeBundle {
  const rows = optionRows(propertiesFor(plan.options, {}));
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
