/** Decides what becomes of each recorded object that an owner does not want any more. */
import type { InventoryEntry } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { ownersBut } from '../manifest/owner.ts';
import { type Interests, interestKey, isTheirs } from './interest.ts';
import { firstOf } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import { type Change, changeId, type SkipChange } from './plan.ts';

export type Removal = { readonly type: 'change'; readonly change: Change } | { readonly type: 'forget' };

/** Only what nobody wants is deleted; the last owner that leaves does it, the earlier ones release. */
export function decideRemoval(observed: OwnerObservation, entry: InventoryEntry, interests: Interests): Removal {
  const key = keyOf(entry.reference);
  const { owner, destination } = observed;
  const unknown = destination.unknown.get(key);
  if (unknown) return skip(entry, unknown.message, { code: unknown.code });
  const live = destination.live.get(key);
  // An announced object may carry no mark yet if the run died before the write; then nothing of ours is on it.
  if (!live || !isTheirs(observed, key)) return { type: 'forget' };
  if (live.deleting)
    return skip(entry, `is being deleted, and waits for ${live.finalizers.join(', ') || 'its contents'}`, {
      deleting: true,
    });

  const place = interestKey(destination.server, key);
  const wanting = interests.wanting.get(place) ?? [];
  const leaving = interests.leaving.get(place) ?? [];
  const refused = wanting.filter(({ action }) => action === 'skip').map((other) => other.owner);
  const remaining = new Set([
    ...wanting.filter(({ action }) => action !== 'skip').map((other) => other.owner),
    ...ownersBut(leaving, live),
  ]);
  const base = { reference: entry.reference };
  const verdict = observed.verdicts.get(key);
  const differences = verdict?.type === 'tried' ? verdict.differences : [];
  const release = { ...base, action: 'release' as const, uid: live.uid, leave: false, differences };
  if (remaining.size > 0) {
    const written = wanting.filter(({ action }) => action !== 'keep' && action !== 'skip');
    const after = written.map((other) => changeId(other.owner, key));
    const reason = `still wanted by ${firstOf([...remaining])}`;
    return { type: 'change', change: { ...release, reason, after } };
  }
  // Released, it would be nobody's, and deleted, it would be missing.
  if (refused.length > 0) return skip(entry, `is kept for ${refused.join(', ')}, which cannot have it yet`);
  const recorded = interests.recorded.get(place) ?? [];
  if (recorded.length > 0) return skip(entry, `is kept for ${recorded.join(', ')}, with nothing on it but a record`);
  const last = leaving.at(-1);
  if (last && last.name !== owner.name) {
    const reason = `${last.name} leaves it too, and deletes it`;
    return { type: 'change', change: { ...release, reason, after: [] } };
  }
  const after = leaving.slice(0, -1).map((other) => changeId(other.name, key));
  const reason = observed.wish.type === 'leaving' ? observed.wish.reason : 'left the manifests';
  const { uid, resourceVersion } = live;
  const propagation = observed.policy.propagationPolicy;
  const tenants = destination.tenants.get(key);
  const holds = tenants && { holds: tenants.objects.map((object) => object.uid) };
  const change = { ...base, action: 'delete' as const, reason, after, uid, resourceVersion, propagation, ...holds };
  return { type: 'change', change };
}

function skip(entry: InventoryEntry, reason: string, more: Pick<SkipChange, 'code' | 'deleting'> = {}): Removal {
  return { type: 'change', change: { action: 'skip', reference: entry.reference, reason, after: [], ...more } };
}
