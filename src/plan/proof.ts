/** When it is certain, without asking, that applying an object would change nothing. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { Policy } from '../definition/policy.ts';
import type { InventoryEntry } from '../inventory/inventory.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { isMarkedBy, type Owner, ownersBut } from '../manifest/owner.ts';

/**
 * The same object (uid), wanted the same (digest), with this owner's entry in managedFields as it was left (fields): the
 * API server takes a field out of that entry as soon as anybody else changes or removes its value.
 */
export function isProvenUnchanged(
  owner: Owner,
  desired: DesiredObject,
  entry: InventoryEntry | undefined,
  live: ObjectMetadata,
): boolean {
  if (entry?.state !== 'applied' || live.deleting) return false;
  if (entry.uid !== live.uid || entry.digest !== desired.digest || entry.fields === undefined) return false;
  return entry.fields === appliedFields(owner, live);
}

/** Digest of the owner's own entry in managedFields; nothing when it has none. */
export function appliedFields(owner: Owner, live: ObjectMetadata): string | undefined {
  return live.managers.find((entry) => entry.manager === owner.manager && entry.operation === 'Apply')?.fields;
}

/** Whether this owner may apply to a live object, or must be told to adopt it. */
export function mayApply(owner: Owner, live: ObjectMetadata, policy: Policy): 'own' | 'adopt' | 'refuse' {
  if (isMarkedBy(owner, live)) return 'own';
  if (ownersBut([owner], live).length > 0) return 'own';
  return policy.adopt === 'Never' ? 'refuse' : 'adopt';
}
