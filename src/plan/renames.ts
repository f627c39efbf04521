/** Objects that an owner has under another name than before: a row that goes and a row that comes are two halves of one. */
import type { DesiredObject } from '../manifest/desired-set.ts';
import { describe, keyOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { differencesOf } from './diff.ts';
import { type Interests, interestKey } from './interest.ts';
import { asApplied } from './likeness.ts';
import type { OwnerObservation } from './observation.ts';
import { type Pair, pairUp, sharedClaims } from './pairs.ts';
import { type Forbidden, permitted } from './permissions.ts';
import { type Change, changeId, type DeleteChange, type OwnerPlan, type SkipChange, type WriteChange } from './plan.ts';
import { type Sides, sidesOf } from './rename-candidates.ts';
import { createOf } from './writes.ts';

/** The same plan, with the halves of each rename bound to each other. */
export function bindRenames(
  plan: OwnerPlan,
  observed: OwnerObservation,
  interests: Interests,
  forbidden: Forbidden,
): OwnerPlan {
  const changes = new Map(plan.changes.map((change) => [keyOf(change.reference), change]));
  const bound = new Map<string, Change>();
  for (const { arrivals, departures } of eligible(sidesOf(observed), changes, observed, interests)) {
    for (const pair of pairUp(observed.owner, arrivals, departures)) {
      const create = changes.get(keyOf(pair.arrival.reference)) as WriteChange | SkipChange;
      const removal = changes.get(keyOf(pair.departure.reference)) as DeleteChange | SkipChange;
      for (const half of halvesOf(pair, create, removal, observed, forbidden)) bound.set(keyOf(half.reference), half);
    }
  }
  if (bound.size === 0) return plan;
  return { ...plan, changes: plan.changes.map((change) => bound.get(keyOf(change.reference)) ?? change) };
}

/** The same plans, in which a half that goes first waits for all that the half that comes needs besides. */
export function orderRenames(plans: readonly OwnerPlan[]): OwnerPlan[] {
  return plans.map((plan) => {
    const creates = new Map(plan.changes.map((change) => [keyOf(change.reference), change.after]));
    const ordered = (change: Change): Change => {
      if (change.action !== 'delete' || change.renamedTo?.first !== 'old') return change;
      const id = changeId(plan.owner.name, keyOf(change.reference));
      const needed = creates.get(keyOf(change.renamedTo.reference)) ?? [];
      return { ...change, after: [...new Set([...change.after, ...needed])].filter((other) => other !== id) };
    };
    return { ...plan, changes: plan.changes.map(ordered) };
  });
}

/** Of each kind, what the plan creates, or would if nothing were in the way, and what it deletes or has deleted. */
function eligible(
  kinds: Iterable<Sides>,
  changes: ReadonlyMap<string, Change>,
  observed: OwnerObservation,
  { wanting }: Interests,
): Sides[] {
  const isArrival = ({ reference }: DesiredObject) => {
    const change = changes.get(keyOf(reference));
    if (change?.action === 'create') return change.expect === 'absent' && change.predecessor === undefined;
    const place = interestKey(observed.destination.server, keyOf(reference));
    return takenOf(observed, reference).length > 0 && wanting.get(place)?.length === 1;
  };
  const isDeparture = ({ reference }: { reference: ObjectReference }) => {
    const change = changes.get(keyOf(reference));
    // What it waits for is other owners that leave the object, too.
    if (change?.action === 'delete') return change.after.length === 0;
    return change?.action === 'skip' && change.deleting === true;
  };
  return [...kinds].map(({ arrivals, departures }) => ({
    arrivals: arrivals.filter(isArrival),
    departures: departures.filter(isDeparture),
  }));
}

/** What stands in the way of an object; nothing when it is nothing, or not only that. */
function takenOf({ verdicts }: OwnerObservation, reference: ObjectReference): readonly string[] {
  const verdict = verdicts.get(keyOf(reference));
  return (verdict?.type === 'refused' && verdict.taken) || [];
}

/** Nothing when they are better done as two. */
function halvesOf(
  pair: Pair,
  create: WriteChange | SkipChange,
  removal: DeleteChange | SkipChange,
  observed: OwnerObservation,
  forbidden: Forbidden,
): Change[] {
  const claims = sharedClaims(pair);
  if (claims.length === 0 && (create.action === 'skip' || removal.action === 'skip')) return [];
  // What others have, too, would still be taken when the old one is gone.
  if (!takenOf(observed, create.reference).every((claim) => claims.includes(claim))) return [];
  const [to, from] = [create.reference, removal.reference];
  if (removal.action === 'skip') {
    const reason = `waits for ${describe(from)}, which ${removal.reason}: both want ${claims.join(', ')}`;
    return [{ action: 'skip', reference: to, reason, after: [], code: 'PLAN_STALE' }];
  }
  const comes: WriteChange =
    create.action === 'skip' ? { ...createOf(observed, pair.arrival), confidence: 'predicted' } : create;
  if (permitted(comes, observed.destination.server, forbidden) !== comes) return [];
  return [...renamed(pair, comes, removal, claims, observed)];
}

function renamed(
  pair: Pair,
  comes: WriteChange,
  goes: DeleteChange,
  claims: readonly string[],
  observed: OwnerObservation,
): [WriteChange, DeleteChange] {
  const first = claims.length > 0 ? 'old' : 'new';
  const [to, from] = [comes.reference, goes.reference];
  const id = (reference: ObjectReference) => changeId(observed.owner.name, keyOf(reference));
  const [[, ...more], [, ...waits]] = [comes.reason.split('; '), goes.reason.split('; ')];
  const order = claims.length > 0 ? [`old one first: both want ${claims.join(', ')}`, ...waits] : [];
  const isHere = from.namespace === to.namespace;
  const words = isHere
    ? ['renamed', `renamed to ${to.name}`]
    : [`moved from ${from.namespace}`, `moved to ${to.namespace}/${to.name}`];
  return [
    {
      ...comes,
      reason: [words[0], ...more, ...order].join('; '),
      after: first === 'old' ? [...comes.after, id(from)] : comes.after,
      differences: differencesOfPair(pair, observed),
      renamedFrom: { reference: from, first },
    },
    {
      ...goes,
      reason: [words[1], ...waits].join('; '),
      after: first === 'new' ? [...goes.after, id(to)] : goes.after,
      renamedTo: { reference: to, first },
    },
  ];
}

/** From what was applied under the old name to what is wanted under the new one. */
function differencesOfPair(
  { arrival, departure }: Pair,
  { owner, salt }: OwnerObservation,
): WriteChange['differences'] {
  if (!departure.live) return [];
  const { manifest } = arrival;
  const before = asApplied(owner, departure.live);
  const { name, namespace } = manifest.metadata;
  const here = { ...before, metadata: { ...before.metadata, name, ...(namespace ? { namespace } : {}) } } as Manifest;
  return differencesOf({ ...here, apiVersion: manifest.apiVersion }, manifest, salt);
}
