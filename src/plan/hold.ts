/** What an owner leaves stays until all that it wants is there: the old may be standing in for the new. */
import { keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, lacksWanted, type OwnerPlan } from './plan.ts';
import { withoutRemovals } from './stay.ts';

/** The same plans, in which what is known to stay is no removal: of owners that lack something, and what comes after that. */
export function holdRemovals(plans: readonly OwnerPlan[]): readonly OwnerPlan[] {
  const why = 'is kept until everything that its owner wants is there';
  return withoutRemovals(plans, {
    reasons: plans
      .filter(lacksWanted)
      .flatMap(({ owner, changes }) =>
        changes.filter(isHeldBack).map(({ reference }) => [changeId(owner.name, keyOf(reference)), why] as const),
      ),
    which: 'which stays',
    skip: ({ reference, reason: left }, reason) => ({
      action: 'skip',
      reference,
      reason: `${left}; ${reason}`,
      after: [],
    }),
  });
}

// What makes room goes first, or nothing that needs the room could come.
function isHeldBack(change: Change): boolean {
  return change.action === 'release' || (change.action === 'delete' && change.renamedTo?.first !== 'old');
}
