/** Who wants and who leaves which object, over a whole plan. */
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { Owner } from '../manifest/owner.ts';

/** Maps are by `interestKey`. */
export interface Interests {
  /** Owners of the plan that want an object. */
  readonly wanting: ReadonlyMap<string, readonly Owner[]>;
  /** Owners of the plan that leave it, in the plan's order. */
  readonly leaving: ReadonlyMap<string, readonly Owner[]>;
  /** Records of owners that the plan does not speak of. */
  readonly others: readonly InventoryRecord[];
}

/** Tells identities of different destinations apart. */
export function interestKey(server: string, key: string): string {
  return `${server} ${key}`;
}
