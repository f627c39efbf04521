/** Decides what becomes of each recorded object that an owner does not want any more. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { InventoryEntry } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { ownersBut } from '../manifest/owner.ts';
import { protection } from '../manifest/protection.ts';
import { describeGoing } from './going.ts';
import type { Consent } from './guards.ts';
import { type Interests, interestKey, isTheirs, type Leaving } from './interest.ts';
import { firstOf, subjectOf } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import { type Change, changeId, type ReleaseChange, type SkipChange } from './plan.ts';
import { appliedAt } from './proof.ts';

export type Removal = { readonly type: 'change'; readonly change: Change } | { readonly type: 'forget' };

/** Only what nobody wants is deleted; the last owner that leaves does it, the earlier ones release. */
export function decideRemoval(
  observed: OwnerObservation,
  entry: InventoryEntry,
  interests: Interests,
  consent: Consent,
): Removal {
  const key = keyOf(entry.reference);
  const { destination } = observed;
  const unknown = destination.unknown.get(key);
  if (unknown) return skip(entry, unknown.message, { code: unknown.code });
  const live = destination.live.get(key);
  const place = interestKey(destination.server, key);
  const leaving = interests.leaving.get(place);
  // An announced object may carry no mark yet if the run died before the write; then nothing of ours is on it.
  if (!live || !leaving || !isTheirs(observed, key)) return { type: 'forget' };
  if (live.deleting) return skip(entry, describeGoing(live), { deleting: true });

  const wanting = interests.wantingByUid.get(interestKey(destination.server, live.uid)) ?? [];
  // Only by another group of the same object.
  if (wanting.some((other) => other.owner === observed.owner.name && other.action !== 'skip'))
    return { type: 'forget' };
  const refused = wanting.filter(({ action }) => action === 'skip').map((other) => other.owner);
  const remaining = new Set([
    ...wanting.filter(({ action }) => action !== 'skip').map((other) => other.owner),
    ...ownersBut(leaving.owners, live),
  ]);
  if (remaining.size > 0) {
    const written = wanting.filter(({ action }) => action !== 'keep' && action !== 'skip');
    const after = written.map((other) => changeId(other.owner, other.key));
    return release(observed, live, `still wanted by ${firstOf([...remaining])}`, after);
  }
  // Released, it would be nobody's, and deleted, it would be missing.
  if (refused.length > 0) return skip(entry, `is kept for ${refused.join(', ')}, which cannot have it yet`);
  const recorded = interests.recorded.get(place) ?? [];
  if (recorded.length > 0) return skip(entry, `is kept for ${recorded.join(', ')}, with nothing on it but a record`);
  return removeForAll(observed, live, leaving, consent);
}

/** Nobody is left who wants it. */
function removeForAll(observed: OwnerObservation, live: ObjectMetadata, leaving: Leaving, consent: Consent): Removal {
  const { reference } = live;
  const { owner, wish, policy, destination } = observed;
  const why = wish.type === 'leaving' ? wish.reason : 'left the manifests';
  if (!policy.prune) return skip({ reference }, `${why}; stays, by prune: false in its definition`);
  const [keeper] = leaving.keepers;
  if (keeper) return release(observed, live, `${why}; ${keeper.name} keeps it, by prune: false`, []);
  if (leaving.orphaned) {
    const stays = { leave: true, differences: [] };
    return release(observed, live, `${why}; stays as nobody's, by its deletionPolicy`, [], stays);
  }
  const subject = subjectOf(reference, destination.server);
  if (leaving.protected && !consent.confirmed.includes(subject))
    return skip({ reference }, `${why}; stays, by its annotation ${protection}, unless you --confirm "${subject}"`);
  const last = leaving.owners.at(-1);
  if (last && last.name !== owner.name) {
    const keeps = leaving.held.has(last.name) && !leaving.held.has(owner.name);
    const how = keeps ? 'keeps it until it has all that it wants' : 'deletes it';
    return release(observed, live, `${last.name} leaves it too, and ${how}`, []);
  }
  const after = leaving.owners.slice(0, -1).map((other) => changeId(other.name, keyOf(reference)));
  const { uid, resourceVersion, finalizers } = live;
  const reason = finalizers.length > 0 ? `${why}; will wait for ${finalizers.join(', ')}` : why;
  const tenants = destination.tenants.get(keyOf(reference));
  const holds = tenants && { holds: tenants.objects.map((object) => object.uid) };
  const confirmed = leaving.protected && { protected: true as const };
  const time = appliedAt(owner, live);
  const applied = time !== undefined && { appliedAt: time };
  const base = { action: 'delete' as const, reference, reason, after, uid, resourceVersion, ...applied };
  return { type: 'change', change: { ...base, propagation: policy.propagationPolicy, ...holds, ...confirmed } };
}

function release(
  { verdicts, policy }: OwnerObservation,
  { reference, uid }: ObjectMetadata,
  reason: string,
  after: readonly string[],
  more: Partial<ReleaseChange> = {},
): Removal {
  const verdict = verdicts.get(keyOf(reference));
  const leave = policy.deletionPolicy === 'Orphan';
  const differences = verdict?.type === 'tried' && !leave ? verdict.differences : [];
  return { type: 'change', change: { action: 'release', reference, reason, after, uid, leave, differences, ...more } };
}

function skip(
  { reference }: Pick<InventoryEntry, 'reference'>,
  reason: string,
  more: Pick<SkipChange, 'code' | 'deleting'> = {},
): Removal {
  return { type: 'change', change: { action: 'skip', reference, reason, after: [], ...more } };
}
