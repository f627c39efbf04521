/** Who wants, who leaves and who is recorded with which object, over a whole plan. */
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isMarkedBy, type Owner } from '../manifest/owner.ts';
import { isProtected } from '../manifest/protection.ts';
import { abandoned, isSettled, type OwnerObservation } from './observation.ts';
import type { Change } from './plan.ts';

interface Wanting {
  readonly owner: string;
  /** What the plan does about it. */
  readonly action: Change['action'];
}

/** What the owners of the plan that leave an object which is theirs say of its end: the mildest of them decides. */
export interface Leaving {
  /** In the plan's order. */
  readonly owners: readonly Owner[];
  /** By the `deletionPolicy` of one of them it stays, as nobody's. */
  readonly orphaned: boolean;
  /** By its annotation, as it is or as one of them has applied it. */
  readonly protected: boolean;
}

/** Maps are by `interestKey`. */
export interface Interests {
  /** Owners of the plan that want an object. */
  readonly wanting: ReadonlyMap<string, readonly Wanting[]>;
  readonly leaving: ReadonlyMap<string, Leaving>;
  /** Names of the owners whose records name a recorded object, and of which the plan does not say that they leave it. */
  readonly recorded: ReadonlyMap<string, readonly string[]>;
}

/** Tells identities of different destinations apart. */
export function interestKey(server: string, key: string): string {
  return `${server} ${key}`;
}

/** `writes` are the changes of what each owner wants, in the order of the owners. Takes time linear in all entries. */
export function interestsOf(
  owners: readonly OwnerObservation[],
  writes: readonly (readonly Change[])[],
  records: readonly InventoryRecord[],
): Interests {
  const wanting = new Map<string, Wanting[]>();
  for (const [index, { owner, destination }] of owners.entries()) {
    for (const { reference, action } of writes[index] ?? []) {
      push(wanting, interestKey(destination.server, keyOf(reference)), { owner: owner.name, action });
    }
  }
  return { wanting, leaving: leavingOf(owners), recorded: recordedOf(owners, records) };
}

function leavingOf(owners: readonly OwnerObservation[]): Map<string, Leaving> {
  const leaving = new Map<string, Leaving>();
  for (const observed of owners) {
    const { owner, policy, destination } = observed;
    for (const entry of abandoned(observed)) {
      const key = keyOf(entry.reference);
      // Who has nothing on the object leaves nothing, and cannot be the one that deletes it.
      if (!isTheirs(observed, key)) continue;
      const place = interestKey(destination.server, key);
      const before = leaving.get(place);
      leaving.set(place, {
        owners: [...(before?.owners ?? []), owner],
        orphaned: before?.orphaned === true || policy.deletionPolicy === 'Orphan',
        protected:
          before?.protected === true || entry.protected === true || isProtected(destination.live.get(key)?.annotations),
      });
    }
  }
  return leaving;
}

/** Whether the live object says that it is this owner's, or is one that the owner has begun to delete. */
export function isTheirs({ owner, record, destination }: OwnerObservation, key: string): boolean {
  const live = destination.live.get(key);
  const entry = record?.entries.get(key);
  if (!live) return false;
  return isMarkedBy(owner, live) || (entry?.state === 'deleting' && entry.uid === live.uid);
}

// Owners that keep what they have (waiting, or with unreadable documents) still want all that they are recorded with.
function recordedOf(owners: readonly OwnerObservation[], records: readonly InventoryRecord[]): Map<string, string[]> {
  const settled = new Map<string, OwnerObservation[]>();
  for (const observed of owners) if (isSettled(observed)) push(settled, observed.owner.name, observed);
  const recorded = new Map<string, string[]>();
  for (const { header, entries } of records) {
    const spoken = settled.get(header.name) ?? [];
    for (const key of entries.keys()) {
      if (!spoken.some((observed) => observed.record?.entries.has(key))) {
        push(recorded, interestKey(header.server, key), header.name);
      }
    }
  }
  return recorded;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
