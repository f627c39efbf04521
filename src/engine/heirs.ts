/** Which owner of a plan takes over what was there before all of them: the last one, when the others have applied what they want. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import { markedOwners, type Owner, ownerOf, upstreamOwnersOf } from '../manifest/owner.ts';
import type { SharedWishes } from '../plan/agreement.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import { mayChange } from '../plan/proof.ts';

export interface Heirs {
  /** Owners that write to an existing object before this one does; nothing when another one comes after it. */
  before(owner: Owner, key: string): readonly string[] | undefined;
  /** Whether everybody for whom upstream's operator wrote the object is an owner of Vidra, now or after this plan. */
  isUpstreamDone(owner: Owner, key: string, live: ObjectMetadata): boolean;
  /** What the other owners of the plan want of an object. */
  wishesBut(owner: Owner, key: string): readonly Manifest[];
}

/** `owners` have one destination. */
export function heirsOf(owners: readonly OwnerObservation[], wishes: SharedWishes): Heirs {
  const writers = new Map<string, string[]>();
  for (const observed of owners) {
    if (observed.wish.type !== 'wanted') continue;
    for (const desired of observed.wish.desired.objects) {
      const key = keyOf(desired.reference);
      const live = observed.destination.live.get(key);
      if (!live || !mayChange(observed, desired, live)) continue;
      writers.set(key, [...(writers.get(key) ?? []), observed.owner.name]);
    }
  }
  return {
    before: ({ name }, key) => {
      const all = writers.get(key) ?? [];
      return all.at(-1) === name ? all.slice(0, -1) : undefined;
    },
    isUpstreamDone: ({ name, home }, key, live) => {
      const marked = markedOwners(home, live);
      const isDone = (one: string) =>
        one === name || marked.includes(one) || wishes.get(key)?.has(ownerOf(one, home).manager) === true;
      return upstreamOwnersOf(live).every(isDone);
    },
    wishesBut: ({ manager }, key) =>
      [...(wishes.get(key) ?? [])].flatMap(([other, wish]) => (other === manager || wish === 'nothing' ? [] : [wish])),
  };
}
