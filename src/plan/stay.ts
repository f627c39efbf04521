/** Removals that are not made, and what stays with them. */
import { describe, keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, type OwnerPlan } from './plan.ts';

export interface Staying {
  /** Why a removal is not made, by its `changeId`. */
  readonly reasons: Iterable<readonly [id: string, reason: string]>;
  /** What is said of it to explain what comes after it, such as `which stays`. */
  readonly which: string;
  /** What else stays with a removal that is not made, by `changeId`. */
  readonly companions?: (removal: Change) => Iterable<readonly [id: string, reason: string]>;
  /** The change that takes the place of one that is not made. */
  readonly skip: (change: Change, reason: string) => Change;
}

/** The same plans without these removals, and without the deletions that come after them, whosever they are. */
export function withoutRemovals(
  plans: readonly OwnerPlan[],
  { reasons, which, companions = () => [], skip }: Staying,
): readonly OwnerPlan[] {
  const staying = new Map(reasons);
  if (staying.size === 0) return plans;
  const removals = removalsOf(plans);
  const followers = deletionsAfter(removals);
  const add = (id: string, reason: string) => staying.has(id) || staying.set(id, reason);
  // What is added on the way is visited, too.
  for (const id of staying.keys()) {
    const removal = removals.get(id);
    if (!removal) continue;
    for (const other of followers.get(id) ?? []) add(other, `comes after ${describe(removal.reference)}, ${which}`);
    for (const [other, reason] of companions(removal)) add(other, reason);
  }
  return plans.map((plan) => ({
    ...plan,
    changes: plan.changes.map((change) => {
      const reason = staying.get(changeId(plan.owner.name, keyOf(change.reference)));
      return reason === undefined ? change : skip(change, reason);
    }),
  }));
}

/** Deletions and releases, by `changeId`. */
function removalsOf(plans: readonly OwnerPlan[]): ReadonlyMap<string, Change> {
  const rows = plans.flatMap(({ owner, changes }) =>
    changes.map((change) => [changeId(owner.name, keyOf(change.reference)), change] as const),
  );
  return new Map(rows.filter(([, { action }]) => action === 'delete' || action === 'release'));
}

/** Of each change the deletions that wait for it, all by `changeId`. */
function deletionsAfter(removals: ReadonlyMap<string, Change>): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>();
  for (const [id, { action, after }] of removals) {
    if (action !== 'delete') continue;
    for (const first of after) followers.set(first, [...(followers.get(first) ?? []), id]);
  }
  return followers;
}
