/** Which object that goes comes back under another name: told by what the two have in common, and only where there is no doubt. */
import { contentOf, digestsOf } from '../manifest/content.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import { claimsOf, enforcedClaimsOf } from './claims.ts';
import { asApplied, leavesIn, likeness } from './likeness.ts';

/** An object that its owner does not want any more. */
export interface Departure {
  readonly reference: ObjectReference;
  /** Digest of its content when it was applied, if that is recorded. */
  readonly content?: string;
  /** As it is in the cluster, if that was looked up. */
  readonly live?: Manifest;
}

export interface Pair {
  readonly arrival: DesiredObject;
  readonly departure: Departure;
}

/** The least share of leaves that two contents have in common when nothing else tells that they are one object. */
const leastLikeness = 0.7;

/**
 * All are of one owner and one kind. First those of the same content: moved to another namespace, renamed within one, or
 * both; then what wants a thing that only one can have; then what is mostly alike. Of several that fit as well, none.
 */
export function pairUp(owner: Owner, arrivals: readonly DesiredObject[], departures: readonly Departure[]): Pair[] {
  const pairs: Pair[] = [];
  const left = <T>(things: readonly T[], taken: (pair: Pair) => T) => {
    const gone = new Set(pairs.map(taken));
    return things.filter((thing) => !gone.has(thing));
  };
  const steps = [...sameContent.map(byContent), byClaims, (...both: Sides) => byLikeness(owner, ...both)];
  const candidates = arrivals.filter(hasContent);
  for (const step of steps) {
    pairs.push(
      ...step(
        left(candidates, ({ arrival }) => arrival),
        left(departures, ({ departure }) => departure),
      ),
    );
  }
  return pairs;
}

/** What both of a pair want, and only one can have. */
export function sharedClaims({ arrival, departure }: Pair): string[] {
  const wanted = claimsOf(arrival.manifest);
  // What was not looked up has the same content.
  const held = new Set(departure.live ? claimsOf(departure.live) : wanted);
  return wanted.filter((claim) => held.has(claim));
}

type Sides = [arrivals: readonly DesiredObject[], departures: readonly Departure[]];

const sameContent: readonly ((reference: ObjectReference) => string)[] = [
  ({ name }) => name,
  ({ namespace }) => namespace,
  () => '',
];

// An object without content is like every other one.
function hasContent({ manifest }: DesiredObject): boolean {
  return leavesIn(contentOf(manifest)) > 0;
}

function byContent(besides: (reference: ObjectReference) => string) {
  return (...[arrivals, departures]: Sides): Pair[] =>
    onlyOnes(
      index(arrivals, (one) => [`${digestsOf(one).content} ${besides(one.reference)}`]),
      index(departures, ({ content, reference }) => (content ? [`${content} ${besides(reference)}`] : [])),
    );
}

function byClaims(...[arrivals, departures]: Sides): Pair[] {
  return onlyOnes(
    index(arrivals, ({ manifest }) => enforcedClaimsOf(manifest)),
    index(departures, ({ live }) => (live ? enforcedClaimsOf(live) : [])),
  );
}

function index<T>(things: readonly T[], keysOf: (thing: T) => readonly string[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const thing of things) for (const key of keysOf(thing)) map.set(key, [...(map.get(key) ?? []), thing]);
  return map;
}

/** Pairs of which both have each other, and nobody else, under all of their keys. */
function onlyOnes(arrivals: Map<string, DesiredObject[]>, departures: Map<string, Departure[]>): Pair[] {
  const partners = new Map<DesiredObject | Departure, Set<DesiredObject | Departure>>();
  const doubtful = new Set<DesiredObject | Departure>();
  const link = (one: DesiredObject | Departure, other: DesiredObject | Departure) =>
    partners.set(one, (partners.get(one) ?? new Set()).add(other));
  for (const [key, coming] of arrivals) {
    const going = departures.get(key) ?? [];
    const [arrival, departure] = [coming[0] as DesiredObject, going[0]];
    if (coming.length === 1 && going.length === 1 && departure) {
      link(arrival, departure);
      link(departure, arrival);
    } else if (going.length > 0) for (const one of [...coming, ...going]) doubtful.add(one);
  }
  const isSure = (one: DesiredObject | Departure) => partners.get(one)?.size === 1 && !doubtful.has(one);
  return [...partners].flatMap(([arrival, [departure]]) => {
    if (!('manifest' in arrival) || !departure || 'manifest' in departure) return [];
    return isSure(arrival) && isSure(departure) ? [{ arrival, departure }] : [];
  });
}

interface Candidate extends Pair {
  readonly likeness: number;
}

function byLikeness(owner: Owner, ...[arrivals, departures]: Sides): Pair[] {
  const known = departures.flatMap((departure) =>
    departure.live ? [{ departure, content: contentOf(asApplied(owner, departure.live)) }] : [],
  );
  const candidates = arrivals.flatMap((arrival) => {
    const wanted = contentOf(arrival.manifest);
    return known.map(({ departure, content }): Candidate => {
      return { arrival, departure, likeness: likeness(wanted, content) };
    });
  });
  return bestOf(candidates.filter((candidate) => candidate.likeness >= leastLikeness));
}

/** Again and again those that are better than any other of their two, until there are none. */
function bestOf(candidates: readonly Candidate[]): Pair[] {
  const best = candidates.filter(isAlone(candidates, 'arrival')).filter(isAlone(candidates, 'departure'));
  if (best.length === 0) return [];
  const taken = new Set(best.flatMap(({ arrival, departure }) => [arrival, departure]));
  const open = candidates.filter(({ arrival, departure }) => !taken.has(arrival) && !taken.has(departure));
  return [...best.map(({ arrival, departure }) => ({ arrival, departure })), ...bestOf(open)];
}

/** Whether one of the candidates is the only best one of its arrival, or departure. */
function isAlone(candidates: readonly Candidate[], side: keyof Pair): (candidate: Candidate) => boolean {
  const best = new Map<Pair[keyof Pair], Candidate | 'several'>();
  const highest = new Map<Pair[keyof Pair], number>();
  for (const candidate of candidates) {
    const known = highest.get(candidate[side]) ?? 0;
    if (candidate.likeness < known) continue;
    best.set(candidate[side], candidate.likeness > known ? candidate : 'several');
    highest.set(candidate[side], candidate.likeness);
  }
  return (candidate) => best.get(candidate[side]) === candidate;
}
