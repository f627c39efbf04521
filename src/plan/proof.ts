/** When it is certain, without asking, that applying an object would change nothing. */
import type { FieldConflict } from '../cluster/cluster.ts';
import type { ManagerEntry, ObjectMetadata } from '../cluster/metadata.ts';
import type { Policy } from '../definition/policy.ts';
import type { InventoryEntry, YieldedField } from '../inventory/inventory.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isMarkedBy, isOwnerManager, type Owner, ownersBut } from '../manifest/owner.ts';
import { isYielded } from './conflict.ts';
import { isGoing } from './going.ts';
import type { OwnerObservation } from './observation.ts';
import { otherTool } from './other-tools.ts';
import type { Proof } from './plan.ts';

/**
 * The same object (uid), wanted the same (digest), with this owner's entry in managedFields as it was left (fields): the
 * API server takes a field out of that entry as soon as anybody else changes or removes its value. Fields that were
 * yielded are still held by those they were yielded to, who still may.
 */
export function isProvenUnchanged(observed: OwnerObservation, desired: DesiredObject, live: ObjectMetadata): boolean {
  const entry = observed.record?.entries.get(keyOf(desired.reference));
  if (entry?.state !== 'applied' || isGoing(live, observed.destination)) return false;
  if (entry.uid !== live.uid || entry.digest !== desired.digest || entry.fields === undefined) return false;
  if (entry.fields !== appliedFields(observed.owner, live)) return false;
  const { policy, destination } = observed;
  const isThere = (key: string) => destination.live.has(key) || destination.unknown.has(key);
  return (
    autoscalersOf(entry).map(keyOf).every(isThere) &&
    (entry.yielded ?? []).every(
      (yielded) =>
        // Another owner may give the field up in this very plan.
        !isOwnerManager(yielded.manager) &&
        yielded.held === heldFields(yielded, live) &&
        isYielded(yielded, desired.manifest, policy.conflicts),
    )
  );
}

/** Whether this owner would write to a live object, as far as is known without asking. */
export function mayChange(observed: OwnerObservation, desired: DesiredObject, live: ObjectMetadata): boolean {
  if (isGoing(live, observed.destination) || isProvenUnchanged(observed, desired, live)) return false;
  return mayApply(observed.owner, live, observed.policy) !== 'refuse';
}

/** HorizontalPodAutoscalers that fields of a recorded object were yielded to. */
export function autoscalersOf({ reference, yielded = [] }: InventoryEntry): ObjectReference[] {
  const kind = { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' };
  return yielded.flatMap(({ autoscaler }) =>
    autoscaler === undefined ? [] : [{ ...kind, namespace: reference.namespace, name: autoscaler }],
  );
}

/** What is recorded of a live object after this owner applied to it; nothing when it has not. */
export function proofOf(owner: Owner, live: ObjectMetadata, yielded: readonly YieldedField[]): Proof | undefined {
  const fields = appliedFields(owner, live);
  if (fields === undefined) return undefined;
  const held = yielded.map((each) => ({ ...each, held: heldFields(each, live) }));
  return { uid: live.uid, fields, ...(held.length > 0 && { yielded: held }) };
}

/** Digests of all entries in managedFields of who holds a field; empty when there are none any more. */
function heldFields({ manager, subresource = '' }: FieldConflict, live: ObjectMetadata): string {
  const entries = live.managers.filter((entry) => entry.manager === manager && entry.subresource === subresource);
  return entries
    .map(({ fields }) => fields)
    .sort()
    .join();
}

/** Digest of the owner's own entry in managedFields; nothing when it has none. */
export function appliedFields(owner: Owner, live: ObjectMetadata): string | undefined {
  return entryOf(owner, live)?.fields;
}

/** When the owner changed the object last; nothing when it has no entry in managedFields. */
export function appliedAt(owner: Owner, live: ObjectMetadata): string | undefined {
  return entryOf(owner, live)?.time;
}

function entryOf({ manager }: Owner, live: ObjectMetadata): ManagerEntry | undefined {
  return live.managers.find((entry) => entry.manager === manager && entry.operation === 'Apply');
}

/** Whether this owner may apply to a live object, or must be told to adopt it. */
export function mayApply(owner: Owner, live: ObjectMetadata, policy: Policy): 'own' | 'adopt' | 'refuse' {
  if (isMarkedBy(owner, live)) return 'own';
  if (ownersBut([owner], live).length > 0) return 'own';
  if (policy.adopt === 'IfUnowned') return otherTool(live) === undefined ? 'adopt' : 'refuse';
  return policy.adopt === 'Always' ? 'adopt' : 'refuse';
}
