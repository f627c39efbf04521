/** Forgets what a deleted definition has where nothing can be done any more, if it says that its objects may stay. */
import type { Result } from '../engine/run.ts';
import type { Inventory, InventoryRecord } from '../inventory/inventory.ts';
import { type Change, hasProblems } from '../plan/plan.ts';
import type { Ready } from './member.ts';

/** Whether nothing of it can be planned for, as its cluster does not answer or its account has lost its rights, and nobody needs that. */
export function mayLetGo({ definition, stored }: Ready, { plan }: Pick<Result, 'plan'>): boolean {
  const isOrphan = definition.policy.deletionPolicy === 'Orphan';
  const isOutOfReach = plan.owners.every(({ changes }) => changes.length > 0 && changes.every(isForbidden));
  return stored.deleting === true && isOrphan && isOutOfReach && hasProblems(plan);
}

function isForbidden(change: Change): boolean {
  return change.action === 'skip' && change.code === 'CLUSTER_FORBIDDEN';
}

/** `run` is the run that decides it. */
export async function letGo(inventory: Inventory, records: readonly InventoryRecord[], run: string): Promise<void> {
  const forget = ({ header, entries }: InventoryRecord) =>
    inventory.write({ header, run, put: [], drop: [...entries.keys()] }, { gone: true });
  await Promise.all(records.map(forget));
}
