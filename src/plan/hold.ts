/** What an owner leaves stays until all that it wants is there: the old may be standing in for the new. */
import { describe, keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, lacksWanted, type OwnerPlan } from './plan.ts';
import { removalsOf } from './withhold.ts';

/** The same plans, in which what is known to stay is no removal: of owners that lack something, and what comes after that. */
export function holdRemovals(plans: readonly OwnerPlan[]): readonly OwnerPlan[] {
  const lacking = plans.filter(lacksWanted);
  if (lacking.length === 0) return plans;
  const held = new Map<string, string>();
  for (const { owner, changes } of lacking) {
    for (const change of changes.filter(isHeldBack)) {
      held.set(changeId(owner.name, keyOf(change.reference)), 'is kept until everything that its owner wants is there');
    }
  }
  holdTheRest(plans, held);
  return plans.map((plan) => ({
    ...plan,
    changes: plan.changes.map((change): Change => {
      const why = held.get(changeId(plan.owner.name, keyOf(change.reference)));
      if (why === undefined) return change;
      const { reference, reason } = change;
      return { action: 'skip', reference, reason: `${reason}; ${why}`, after: [] };
    }),
  }));
}

// What makes room goes first, or nothing that needs the room could come.
function isHeldBack(change: Change): boolean {
  return change.action === 'release' || (change.action === 'delete' && change.renamedTo?.first !== 'old');
}

function holdTheRest(plans: readonly OwnerPlan[], held: Map<string, string>): void {
  const removals = removalsOf(plans);
  for (let before = -1; before !== held.size; ) {
    before = held.size;
    for (const [id, { action, after }] of removals) {
      const first = removals.get(after.find((other) => held.has(other) && removals.has(other)) ?? '');
      if (first && action === 'delete' && !held.has(id))
        held.set(id, `comes after ${describe(first.reference)}, which stays`);
    }
  }
}
