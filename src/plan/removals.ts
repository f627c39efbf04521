/** Decides what becomes of each recorded object that an owner does not want any more. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { ErrorCode } from '../errors.ts';
import type { InventoryEntry, InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isMarkedBy, type Owner, ownersBut } from '../manifest/owner.ts';
import { type Interests, interestKey } from './interest.ts';
import type { OwnerObservation } from './observation.ts';
import { type Change, changeId } from './plan.ts';

export type Removal = { readonly type: 'change'; readonly change: Change } | { readonly type: 'forget' };

/** Only what nobody wants is deleted; the last owner that leaves does it, the earlier ones release. */
export function decideRemoval(observed: OwnerObservation, entry: InventoryEntry, interests: Interests): Removal {
  const key = keyOf(entry.reference);
  const { owner, destination } = observed;
  const unknown = destination.unknown.get(key);
  if (unknown) return skip(entry, unknown.message, unknown.code);
  const live = destination.live.get(key);
  if (!live || !isOurs(owner, entry, live)) return { type: 'forget' };
  if (live.deleting)
    return skip(entry, `is being deleted, and waits for ${live.finalizers.join(', ') || 'its contents'}`);

  const place = interestKey(destination.server, key);
  const wanting = interests.wanting.get(place) ?? [];
  const leaving = interests.leaving.get(place) ?? [];
  const remaining = new Set([
    ...wanting.map((other) => other.name),
    ...ownersBut(leaving, live),
    ...recordedElsewhere(interests.others, destination.server, key),
  ]);
  const base = { reference: entry.reference };
  if (remaining.size > 0) {
    const after = wanting.map((other) => changeId(other.name, key));
    const reason = `still wanted by ${[...remaining].join(', ')}`;
    return { type: 'change', change: { ...base, action: 'release', reason, after, uid: live.uid } };
  }
  const last = leaving.at(-1);
  if (last && last.name !== owner.name) {
    const reason = `${last.name} leaves it too, and deletes it`;
    return { type: 'change', change: { ...base, action: 'release', reason, after: [], uid: live.uid } };
  }
  const after = leaving.slice(0, -1).map((other) => changeId(other.name, key));
  const reason = observed.wish.type === 'leaving' ? observed.wish.reason : 'left the manifests';
  const { uid, resourceVersion } = live;
  return { type: 'change', change: { ...base, action: 'delete', reason, after, uid, resourceVersion } };
}

// An announced object may carry no mark yet if the run died before the write; then nothing of ours is on it.
function isOurs(owner: Owner, entry: InventoryEntry, live: ObjectMetadata): boolean {
  return isMarkedBy(owner, live) || (entry.state === 'deleting' && entry.uid === live.uid);
}

function recordedElsewhere(others: readonly InventoryRecord[], server: string, key: string): string[] {
  return others
    .filter((record) => record.header.server === server && record.entries.has(key))
    .map((record) => record.header.name);
}

function skip(entry: InventoryEntry, reason: string, code?: ErrorCode): Removal {
  const base = { action: 'skip' as const, reference: entry.reference, reason, after: [] };
  return { type: 'change', change: code === undefined ? base : { ...base, code } };
}
