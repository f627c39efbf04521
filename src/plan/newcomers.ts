/** Owners whose records name an object that a plan deletes, and of whom the plan does not say that they leave it. */
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { interestKey } from './interest.ts';
import { changeId, type OwnerPlan } from './plan.ts';

/** Their names, by the `changeId` of the deletion. What a run has announced that has died since does not count. */
export function newcomersTo(
  plans: readonly OwnerPlan[],
  records: readonly InventoryRecord[],
): ReadonlyMap<string, readonly string[]> {
  const deletions = new Map<string, string>();
  const spoken = new Set<string>();
  for (const { owner, header, changes, forget } of plans) {
    for (const { action, reference } of changes) {
      const key = keyOf(reference);
      spoken.add(changeId(owner.name, key));
      if (action === 'delete') deletions.set(interestKey(header.server, key), changeId(owner.name, key));
    }
    for (const key of forget) spoken.add(changeId(owner.name, key));
  }
  const newcomers = new Map<string, string[]>();
  for (const { header, entries, overdue } of records) {
    for (const key of entries.keys()) {
      const id = deletions.get(interestKey(header.server, key));
      if (id === undefined || spoken.has(changeId(header.name, key)) || overdue?.has(key)) continue;
      newcomers.set(id, [...(newcomers.get(id) ?? []), header.name]);
    }
  }
  return newcomers;
}
