/** A plan of owners that leave, without those that stay: what comes after anything that those would have to do is left alone. */
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { firstOf } from './names.ts';
import { newcomersTo } from './newcomers.ts';
import type { OwnerObservation } from './observation.ts';
import { type Change, changeId, type OwnerPlan } from './plan.ts';

/** Released, an object that a remaining owner has not applied yet would be nobody's; deleted, it would be gone for that one. */
export function onlyLeavers(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
  records: readonly InventoryRecord[],
): { plans: OwnerPlan[]; owners: OwnerObservation[] } {
  const indices = [...plans.keys()].filter((index) => plans[index]?.leaving);
  const leavers = indices.map((index) => plans[index] as OwnerPlan);
  const newcomers = newcomersTo(leavers, records);
  const kept = new Map([...newcomers].map(([id, names]) => [id, `is recorded with ${firstOf(names)}`]));
  const left = new Set(leavers.flatMap(({ owner, changes }) => changes.map(idOf(owner.name))));
  for (const id of kept.keys()) left.delete(id);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const { owner, changes } of leavers) {
      for (const change of changes) {
        const id = idOf(owner.name)(change);
        const first = left.has(id) ? change.after.find((other) => !left.has(other)) : undefined;
        if (first === undefined) continue;
        left.delete(id);
        kept.set(id, change.action === 'release' ? change.reason : `waits for ${first.split('|')[0]}`);
      }
    }
  }
  const plansLeft = leavers.map((plan) => ({
    ...plan,
    changes: plan.changes.map((change): Change => {
      const because = kept.get(idOf(plan.owner.name)(change));
      if (because === undefined) return change;
      return {
        action: 'skip',
        reference: change.reference,
        reason: `${because}, which has to be applied first`,
        after: [],
      };
    }),
  }));
  return { plans: plansLeft, owners: indices.map((index) => owners[index] as OwnerObservation) };
}

function idOf(owner: string): (change: Change) => string {
  return ({ reference }) => changeId(owner, keyOf(reference));
}
