/** What the owners of one plan make of fields that they hold of each other's objects, so that they never wait for each other. */
import type { FieldConflict } from '../cluster/cluster.ts';
import { placesAt, valueAt } from '../manifest/field-path.ts';
import { canonicalJson } from '../manifest/json.ts';
import { type JsonValue, keyOf, type Manifest } from '../manifest/manifest.ts';
import { abandoned, type OwnerObservation } from './observation.ts';

/** What owners want of objects, by identity and field manager; `nothing` for an owner that gives the object up. */
export type SharedWishes = ReadonlyMap<string, ReadonlyMap<string, Manifest | 'nothing'>>;

/** `owners` have one destination. */
export function sharedWishes(owners: readonly OwnerObservation[]): SharedWishes {
  const wishes = new Map<string, Map<string, Manifest | 'nothing'>>();
  const add = (key: string, { owner }: OwnerObservation, wish: Manifest | 'nothing') => {
    const ofObject = wishes.get(key);
    if (ofObject) ofObject.set(owner.manager, wish);
    else wishes.set(key, new Map([[owner.manager, wish]]));
  };
  for (const observed of owners) {
    for (const { reference } of abandoned(observed)) add(keyOf(reference), observed, 'nothing');
    if (observed.wish.type !== 'wanted') continue;
    for (const { reference, manifest } of observed.wish.desired.objects) add(keyOf(reference), observed, manifest);
  }
  return wishes;
}

/** Whether the owner that holds a field does not want it any more, or wants it as `mine` has it. */
export function givesWay(
  conflict: FieldConflict,
  mine: Manifest,
  wishes: ReadonlyMap<string, Manifest | 'nothing'> | undefined,
): boolean {
  const theirs = wishes?.get(conflict.manager);
  if (theirs === undefined) return false;
  if (theirs === 'nothing') return true;
  const wanted = valueFor(mine, conflict.field);
  if (wanted === undefined) return false;
  const other = valueFor(theirs, conflict.field);
  return other === undefined || canonicalJson(other) === canonicalJson(wanted);
}

function valueFor(manifest: Manifest, field: string): JsonValue | undefined {
  const [place] = placesAt(manifest, field);
  return place && valueAt(manifest, place);
}
