/** Strikes fields from an owner's entry in managedFields: an apply without them then leaves their values in place. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf } from '../manifest/field-set.ts';
import type { JsonObject, Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';

/** How often it is tried when the object changes meanwhile, as a busy controller makes it. */
const attempts = 5;

/** Throws PLAN_STALE; of an object that is gone or another one nothing is struck, which the apply after it finds out. */
export async function giveUpFields(
  cluster: Cluster,
  type: ResourceType,
  reference: ObjectReference,
  owner: Owner,
  fields: FieldSet,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await cluster.get(type, reference);
    const operations = live ? strike(live, owner, fields) : [];
    if (!live || operations.length === 0) return;
    const { uid, resourceVersion } = live.metadata as unknown as { uid: string; resourceVersion: string };
    const options = { uid, resourceVersion, manager: owner.manager };
    if (await cluster.patch(type, reference, operations, options)) return;
  }
  throw new VidraError('PLAN_STALE', 'changes all the time');
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
