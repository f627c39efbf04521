/** Changes what server-side apply cannot: the entries of managedFields, and marks without the fields beside them. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { ManagedFields } from '../manifest/field-set.ts';
import { atVersion } from '../manifest/managed-fields.ts';
import {
  apiVersionOf,
  groupVersion,
  type JsonValue,
  type Manifest,
  type ObjectReference,
} from '../manifest/manifest.ts';

/** How often it is tried when the object changes meanwhile, as a busy controller makes it. */
const attempts = 5;

/**
 * `operationsOf` gets the object as it is; without operations nothing is done, nor to an object that is gone. The server gives
 * what they set to `managerOf`. Throws PLAN_STALE.
 */
export async function patchLive(
  cluster: Cluster,
  type: ResourceType,
  reference: ObjectReference,
  managerOf: (live: Manifest) => string,
  operationsOf: (live: Manifest) => readonly PatchOperation[],
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await cluster.get(type, reference);
    const operations = live ? operationsOf(live) : [];
    if (!live || operations.length === 0) return;
    const { uid, resourceVersion } = live.metadata as unknown as { uid: string; resourceVersion: string };
    const options = { uid, resourceVersion, manager: managerOf(live) };
    if (await cluster.patch(type, reference, operations, options)) return;
  }
  throw new VidraError('PLAN_STALE', 'changes all the time');
}

/** Puts entries of managedFields in the place of those that there are. */
export function entriesOperation(
  cluster: Cluster,
  type: ResourceType,
  entries: readonly ManagedFields[],
): PatchOperation {
  // With one that the server cannot read, it forgets all of them at any write but an apply.
  const unread = [...new Set(entries.map(({ apiVersion = '' }) => apiVersion))].filter((apiVersion) => {
    const { group, version } = groupVersion(apiVersion);
    return group === type.group && cluster.typeOf({ group, version, kind: type.kind })?.version !== version;
  });
  const value = atVersion(entries, unread, apiVersionOf(type)) as unknown as JsonValue;
  return { op: 'replace', path: '/metadata/managedFields', value };
}
