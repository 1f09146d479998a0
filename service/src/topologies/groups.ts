import { asDeepError } from '../http/problems';
import { ISent, merged } from './merging';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { IWaitingOrigin } from './recordShapes';

const ROWS_AT_ONCE = 200;
/** Items that a merged value names as what it was made of. */
const PARENTS_NAMED = 1_000;

/** Make an origin of each group of a merge by key. */
export async function groupsOf(
  records: TopologyRecords,
  plan: Plan,
  merge: string
): Promise<void> {
  let origins: Omit<IWaitingOrigin, 'origin'>[] = [];
  for (const key of records.groups(merge)) {
    origins.push(originOf(records, plan, merge, key));
    if (origins.length === ROWS_AT_ONCE) {
      records.addOrigins(origins);
      origins = [];
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  records.addOrigins(origins);
}

function originOf(
  records: TopologyRecords,
  plan: Plan,
  merge: string,
  name: string
): Omit<IWaitingOrigin, 'origin'> {
  const { node } = plan.node(merge);
  const sent: ISent[] = [];
  const parents: number[] = [];
  for (const { sender, value, item } of records.collected(merge, name)) {
    sent.push({ sender, value });
    if (parents.length < PARENTS_NAMED) {
      parents.push(item);
    }
  }
  try {
    const value = node.kind === 'merge' ? (merged(node, sent) ?? null) : null;
    return { source: merge, name, given: { value: { value } }, parents };
  } catch (error) {
    const problem = { value: asDeepError(error).toProblem() };
    return { source: merge, name, given: { problem }, parents };
  }
}
