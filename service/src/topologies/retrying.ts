import { setImmediate as breathe } from 'node:timers/promises';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { beginAnew } from './sinks';

/** Origins that wait again between two turns of the event loop. */
const ORIGINS_AT_ONCE = 500;

/**
 * Let all works that failed wait again, and what was made without them; what a kill leaves undone of it stays failed.
 * Groups of a merge by key that something failed before are made anew, since their places depend on all that came.
 */
export async function retryFailed(
  plan: Plan,
  records: TopologyRecords
): Promise<void> {
  const failed = plan.order.filter(
    id => (records.counts.get(id)?.failed ?? 0) > 0
  );
  const merged = records.about('merged') ?? [];
  const regrouped = groupsToMake(plan, merged, failed);
  const redone = [...failed, ...regrouped];
  records.transact(() => {
    records.note('lastItem', records.lastItem);
    regrouped.forEach(merge => records.retries.ungroup(merge));
    records.note(
      'merged',
      merged.filter(id => !regrouped.includes(id))
    );
    plan.sinks
      .filter(sink =>
        redone.some(id => id === sink || plan.behind(id).has(sink))
      )
      .forEach(sink => beginAnew(records, sink));
  });
  for (const node of failed) {
    const without = plan.madeWithout(node);
    for (let count = ORIGINS_AT_ONCE; count === ORIGINS_AT_ONCE;) {
      records.transact(() => {
        count = records.retries.wait(node, without, ORIGINS_AT_ONCE);
      });
      await breathe();
    }
  }
  records.recount();
}

/** The first that a failure leads to, and all that were made after it: origins are numbered in the order of their making. */
function groupsToMake(
  plan: Plan,
  merged: readonly string[],
  failed: readonly string[]
): readonly string[] {
  const first = merged.findIndex(merge =>
    failed.some(id => id === merge || plan.behind(id).has(merge))
  );
  return first < 0 ? [] : merged.slice(first);
}
