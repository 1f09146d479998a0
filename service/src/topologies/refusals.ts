import { DeepError, TopologyCheck } from '@jupyterlab-deep/protocol';
import { ILocated } from './locate';

/** @throws DeepError `consent-needed`, `topology-invalid` */
export function refuseProblems(
  { problems, isRunnable }: TopologyCheck,
  { document }: ILocated
): void {
  if (isRunnable) {
    return;
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  const others = errors.filter(({ rule }) => rule !== 'module-consent');
  if (others.length === 0) {
    const fields = errors.map(({ node = '', reason }) => {
      const about = document.nodes[node];
      return [about.kind === 'module' ? about.module : node, [reason]];
    });
    throw new DeepError('consent-needed', errors[0].reason, {
      hint: errors[0].remedy,
      fields: Object.fromEntries(fields)
    });
  }
  const [first] = others;
  const more =
    others.length > 1 ? ` There are ${others.length - 1} more problems.` : '';
  const byNode = Map.groupBy(others, ({ node = '' }) => node);
  throw new DeepError(
    'topology-invalid',
    `The topology cannot run: ${first.reason}${more}`,
    {
      hint: first.remedy,
      fields: Object.fromEntries(
        [...byNode].map(([node, some]) => [
          node,
          some.map(({ reason }) => reason)
        ])
      ),
      technical: JSON.stringify(others)
    }
  );
}

/** Who asks learns which module it is about. */
export const naming = (error: unknown, module: string): unknown =>
  error instanceof DeepError && error.key === 'consent-needed'
    ? new DeepError(error.key, error.detail, {
        hint: error.hint,
        technical: error.technical,
        fields: { [module]: [error.detail] },
        cause: error
      })
    : error;
