/** What may be a rename, before the plan is made: objects of one owner and kind that come, and others that go. */
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { claimsOf } from './claims.ts';
import { isTheirs } from './interest.ts';
import { abandoned, type OwnerObservation } from './observation.ts';
import { type Departure, pairUp } from './pairs.ts';
import { isIrreplaceable } from './replace.ts';

/** The most objects of one owner that are looked up to find out whether they were renamed. */
const mostLookedUp = 50;

export interface Sides {
  readonly arrivals: readonly DesiredObject[];
  readonly departures: readonly Departure[];
}

/** By kind; only where something comes and something goes. What holds more than it says is never taken for another one. */
export function sidesOf(observed: OwnerObservation): Sides[] {
  const { wish, destination } = observed;
  const departures = byKind(departuresOf(observed));
  if (departures.size === 0 || wish.type !== 'wanted') return [];
  const isAbsent = (key: string) => !destination.live.has(key) && !destination.unknown.has(key);
  const arrivals = byKind(wish.desired.objects.filter(({ reference }) => isAbsent(keyOf(reference))));
  return [...departures].flatMap(([kind, going]) => {
    const coming = arrivals.get(kind);
    return coming ? [{ arrivals: coming, departures: going }] : [];
  });
}

/** Objects that go, and have to be looked up to tell whether they come back under another name, or have what another one wants. */
export function unclearDepartures(observed: OwnerObservation): ObjectReference[] {
  const unclear = sidesOf(observed).flatMap(({ arrivals, departures }) => {
    const pairs = pairUp(observed.owner, arrivals, departures);
    const clear = pairs.filter(({ arrival }) => claimsOf(arrival.manifest).length === 0);
    if (clear.length === arrivals.length) return [];
    const known = new Set(clear.map(({ departure }) => departure));
    return departures.filter((departure) => !known.has(departure)).map(({ reference }) => reference);
  });
  return unclear.length > mostLookedUp ? [] : unclear;
}

/**
 * Identities of objects that come and want what one that goes may have. The server should say whether it would take them
 * before the other one is deleted to make room.
 */
export function contenders(observed: OwnerObservation): ReadonlySet<string> {
  const wanted = sidesOf(observed).flatMap(({ arrivals }) => arrivals);
  return new Set(
    wanted.filter(({ manifest }) => claimsOf(manifest).length > 0).map(({ reference }) => keyOf(reference)),
  );
}

function departuresOf(observed: OwnerObservation): Departure[] {
  const { destination, former } = observed;
  if (observed.wish.type !== 'wanted') return [];
  return abandoned(observed).flatMap(({ reference, uid, content }) => {
    const key = keyOf(reference);
    if (isIrreplaceable(reference) || destination.unknown.has(key) || !isTheirs(observed, key)) return [];
    const live = former?.get(key);
    const isAsRecorded = content !== undefined && destination.live.get(key)?.uid === uid;
    return [{ reference, ...(isAsRecorded && { content }), ...(live && { live }) }];
  });
}

function byKind<T extends { readonly reference: ObjectReference }>(objects: readonly T[]): Map<string, T[]> {
  const kinds = new Map<string, T[]>();
  for (const object of objects) {
    const kind = `${object.reference.group}/${object.reference.kind}`;
    const others = kinds.get(kind);
    if (others) others.push(object);
    else kinds.set(kind, [object]);
  }
  return kinds;
}
