/** What is left of a plan where nobody can be asked for what it guards. */
import { describe, keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, type OwnerPlan, type Plan } from './plan.ts';

/**
 * The same plan, to be carried out without a question: what a guard holds back, and nobody has confirmed, is skipped with
 * GUARDED, and so is what would take it along. The guards stay, to be told of.
 */
export function withholdGuarded(plan: Plan, confirmed: readonly string[] = []): Plan {
  if (plan.guards.length === 0) return plan;
  const guards = plan.guards.filter(({ subject }) => !confirmed.includes(subject));
  const withheld = new Map(guards.flatMap((guard) => guard.changes.map((id) => [id, guard.message] as const)));
  if (withheld.size > 0) withholdTheRest(removalsOf(plan.owners), withheld);
  const owners = plan.owners.map((one) => ({
    ...one,
    changes: one.changes.map((change): Change => {
      const reason = withheld.get(changeId(one.owner.name, keyOf(change.reference)));
      if (reason === undefined) return change;
      return { action: 'skip', reference: change.reference, reason, after: [], code: 'GUARDED' };
    }),
  }));
  return { ...plan, owners, guards };
}

/** Adds the deletions that come after a withheld one, and the releases that only make room for one. */
function withholdTheRest(removals: ReadonlyMap<string, Change>, withheld: Map<string, string>): void {
  for (let before = -1; before !== withheld.size; ) {
    before = withheld.size;
    for (const [id, { action, reference, after }] of removals) {
      const first = removals.get(after.find((other) => withheld.has(other) && removals.has(other)) ?? '');
      if (first && action === 'delete' && !withheld.has(id))
        withheld.set(id, `comes after ${describe(first.reference)}, which is held back`);
      if (!withheld.has(id)) continue;
      for (const other of after.filter((each) => each.endsWith(`|${keyOf(reference)}`) && !withheld.has(each)))
        withheld.set(other, 'is kept with the owner whose deletion of it is held back');
    }
  }
}

/** Deletions and releases, by `changeId`. */
export function removalsOf(owners: readonly OwnerPlan[]): ReadonlyMap<string, Change> {
  return new Map(
    owners.flatMap(({ owner, changes }) =>
      changes
        .filter(({ action }) => action === 'delete' || action === 'release')
        .map((change) => [changeId(owner.name, keyOf(change.reference)), change] as const),
    ),
  );
}
