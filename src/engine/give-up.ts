/** Strikes fields from an owner's entry in managedFields: an apply without them then leaves their values in place. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf } from '../manifest/field-set.ts';
import type { JsonObject, Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import { patchLive } from './patch-live.ts';

/** Throws PLAN_STALE; of an object that is gone or another one nothing is struck, which the apply after it finds out. */
export async function giveUpFields(
  cluster: Cluster,
  type: ResourceType,
  reference: ObjectReference,
  owner: Owner,
  fields: FieldSet,
): Promise<void> {
  await patchLive(cluster, type, reference, owner, (live) => strike(live, owner, fields));
}

function strike(live: Manifest, owner: Owner, fields: FieldSet): PatchOperation[] {
  const entries = managedFieldsOf(live);
  return entries.flatMap(({ manager, operation, fieldsV1 = {} }, index): PatchOperation[] => {
    if (manager !== owner.manager || operation !== 'Apply') return [];
    const left = difference(fieldsV1, fields);
    if (isEmpty(left)) return [{ op: 'remove', path: `/metadata/managedFields/${index}` }];
    return [{ op: 'replace', path: `/metadata/managedFields/${index}/fieldsV1`, value: left as unknown as JsonObject }];
  });
}
