/** Who wants, who leaves and who is recorded with which object, over a whole plan. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isMarkedBy, type Owner, ownerOf } from '../manifest/owner.ts';
import { isProtected } from '../manifest/protection.ts';
import { abandoned, isSettled, type OwnerObservation } from './observation.ts';
import { type Change, isWrong } from './plan.ts';

interface Wanting {
  readonly owner: string;
  /** The identity by which it is wanted. */
  readonly key: string;
  /** What the plan does about it. */
  readonly action: Change['action'];
}

/** What the owners of the plan that leave an object which is theirs say of its end: the mildest of them decides. */
export interface Leaving {
  /** In the plan's order, those last that keep it as long as they lack something that they want. */
  readonly owners: readonly Owner[];
  /** Names of all owners that keep what they leave. */
  readonly held: ReadonlySet<string>;
  /** Those whose definition says `prune: false`: they keep it. */
  readonly keepers: readonly Owner[];
  /** By the `deletionPolicy` of one of them it stays, as nobody's. */
  readonly orphaned: boolean;
  /** By its annotation, as it is or as one of them has applied it. */
  readonly protected: boolean;
}

/** Maps are by `interestKey`, of identities where nothing else is said. */
export interface Interests {
  /** Owners of the plan that want an object. */
  readonly wanting: ReadonlyMap<string, readonly Wanting[]>;
  /** The same of objects that are there, by server and uid: two groups may serve one object. */
  readonly wantingByUid: ReadonlyMap<string, readonly Wanting[]>;
  readonly leaving: ReadonlyMap<string, Leaving>;
  /** Names of the owners whose records name a recorded object, and of which the plan does not say that they leave it. */
  readonly recorded: ReadonlyMap<string, readonly string[]>;
}

/** Tells identities, or uids, of different destinations apart. */
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
  const wantingByUid = new Map<string, Wanting[]>();
  for (const [index, { owner, destination }] of owners.entries()) {
    const { server, live } = destination;
    for (const { reference, action } of writes[index] ?? []) {
      const key = keyOf(reference);
      const uid = live.get(key)?.uid;
      const wish = { owner: owner.name, key, action };
      push(wanting, interestKey(server, key), wish);
      if (uid) push(wantingByUid, interestKey(server, uid), wish);
    }
  }
  const lacking = owners.filter(({ problems }, index) => problems.length > 0 || writes[index]?.some(isWrong));
  return { wanting, wantingByUid, leaving: leavingOf(owners, lacking), recorded: recordedOf(owners, records) };
}

function leavingOf(owners: readonly OwnerObservation[], lacking: readonly OwnerObservation[]): Map<string, Leaving> {
  const leaving = new Map<string, Leaving>();
  const held = new Set(lacking.map(({ owner }) => owner.name));
  for (const observed of [...owners.filter(({ owner }) => !held.has(owner.name)), ...lacking]) {
    const { owner, policy, destination } = observed;
    for (const entry of abandoned(observed)) {
      const key = keyOf(entry.reference);
      // Who has nothing on the object leaves nothing, and cannot be the one that deletes it.
      if (!isTheirs(observed, key)) continue;
      const place = interestKey(destination.server, key);
      const before = leaving.get(place);
      leaving.set(place, {
        owners: [...(before?.owners ?? []), owner],
        held,
        keepers: [...(before?.keepers ?? []), ...(policy.prune ? [] : [owner])],
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
  const sights = sightsOf(owners);
  const recorded = new Map<string, string[]>();
  for (const record of records) {
    const { header, entries } = record;
    const spoken = settled.get(header.name) ?? [];
    for (const key of entries.keys()) {
      if (spoken.some((observed) => observed.record?.entries.has(key)) || isVain(record, key, sights)) continue;
      push(recorded, interestKey(header.server, key), header.name);
    }
  }
  return recorded;
}

/** What is seen of the destinations, and the home that the records are of. */
interface Sights {
  readonly home: string;
  readonly live: ReadonlyMap<string, ObjectMetadata>;
  readonly unknown: ReadonlySet<string>;
}

function sightsOf(owners: readonly OwnerObservation[]): Sights {
  const live = new Map<string, ObjectMetadata>();
  const unknown = new Set<string>();
  for (const destination of new Set(owners.map((observed) => observed.destination))) {
    const held = [...destination.tenants.values()].flatMap(({ objects }) => objects);
    for (const object of [...destination.live.values(), ...held])
      live.set(interestKey(destination.server, keyOf(object.reference)), object);
    for (const key of destination.unknown.keys()) unknown.add(interestKey(destination.server, key));
  }
  return { home: owners[0]?.owner.home ?? '', live, unknown };
}

/** Whether it was announced by a run that has died since, and has come to nothing: it would hold the object for ever. */
function isVain({ header, overdue }: InventoryRecord, key: string, { home, live, unknown }: Sights): boolean {
  const place = interestKey(header.server, key);
  if (!overdue?.has(key) || unknown.has(place)) return false;
  const object = live.get(place);
  return object === undefined || !isMarkedBy(ownerOf(header.name, home), object);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
