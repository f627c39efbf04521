/** Forgets what a deleted definition has on a cluster that cannot be asked, where it says that its objects may stay. */
import type { Result } from '../engine/run.ts';
import type { Inventory, InventoryRecord } from '../inventory/inventory.ts';
import { hasProblems } from '../plan/plan.ts';
import type { Ready } from './member.ts';

/** Whether its destination could not be planned for, and nobody needs it to be. */
export function mayLetGo({ definition, stored }: Ready, { plan }: Pick<Result, 'plan'>): boolean {
  const isOrphan = definition.policy.deletionPolicy === 'Orphan';
  return stored.deleting === true && isOrphan && plan.owners.length === 0 && hasProblems(plan);
}

/** `run` is the run that decides it. */
export async function letGo(inventory: Inventory, records: readonly InventoryRecord[], run: string): Promise<void> {
  const forget = ({ header, entries }: InventoryRecord) =>
    inventory.write({ header, run, put: [], drop: [...entries.keys()] }, { gone: true });
  await Promise.all(records.map(forget));
}
