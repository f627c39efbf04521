/** Asks the records once more, before the first deletion of a run, who else has come to want what is about to go. */
import { VidraError } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { newcomersTo } from '../plan/newcomers.ts';
import type { Plan, Problem } from '../plan/plan.ts';
import { problemOf } from './intent.ts';

/** Why the deletion of an id must not be made; nothing when it may. */
export type Objection = (id: string) => Promise<Problem | undefined>;

/** The records are read when the first deletion asks, and not before. */
export function createObjection(plan: Plan, inventory: Inventory): Objection {
  let reading: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  return async (id) => {
    reading ??= inventory.list().then((records) => newcomersTo(plan.owners, records));
    try {
      const names = (await reading).get(id);
      return names && { code: 'PLAN_STALE', message: `is recorded with ${names.join(', ')} since it was planned` };
    } catch (error) {
      if (error instanceof VidraError) return problemOf(error);
      throw error;
    }
  };
}
