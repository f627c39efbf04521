/** Moves fields between entries of managedFields before an apply: those that its owner gives up, and those that it takes over. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { difference, isEmpty, type ManagedFields, managedFieldsOf, unionOf } from '../manifest/field-set.ts';
import { appliedBy, cutFrom, giveTo, partOf, sameEntry } from '../manifest/managed-fields.ts';
import { apiVersionOf } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import type { Migration, WriteChange } from '../plan/plan.ts';
import { entriesOperation, patchLive } from './patch-live.ts';

type Rearrangement = Pick<WriteChange, 'reference' | 'desired' | 'expect' | 'giveUp' | 'migrate'>;

/**
 * Whether there was anything to rearrange in: nobody holds anything where managedFields was wiped, until somebody applies.
 * Throws PLAN_STALE. Of an object that is gone or another one nothing is touched, which the apply after it finds out.
 */
export async function rearrange(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  { reference, desired, expect, giveUp, migrate }: Rearrangement,
): Promise<boolean> {
  let isTracked = true;
  const operationsFor = (entries: readonly ManagedFields[]): PatchOperation[] => {
    isTracked = entries.length > 0;
    if (!isTracked) return [];
    const own = appliedBy(owner.manager, entries);
    const struck = own && giveUp ? cutFrom(entries, { ...partOf(own), fields: giveUp }) : entries;
    const moved = migrate ? takenOver(struck, owner, migrate, apiVersionOf(desired.reference)) : struck;
    return moved === entries ? [] : [entriesOperation(cluster, type, moved)];
  };
  await patchLive(
    cluster,
    type,
    reference,
    () => owner.manager,
    (live) =>
      typeof expect === 'object' && live.metadata['uid'] !== expect.uid ? [] : operationsFor(managedFieldsOf(live)),
  );
  return isTracked;
}

function takenOver(
  entries: readonly ManagedFields[],
  { manager }: Owner,
  { gain, from }: Migration,
  apiVersion: string,
): readonly ManagedFields[] {
  const holders = entries.filter((entry) => entry.manager === manager || from.some((part) => sameEntry(part, entry)));
  const lost = difference(gain, unionOf(holders.map(({ fieldsV1 = {} }) => fieldsV1)));
  if (!isEmpty(lost))
    throw new VidraError('PLAN_STALE', 'what it would take over is held by others since it was planned');
  return giveTo(from.reduce(cutFrom, entries), manager, gain, apiVersion);
}
