/** Leaves an object as it is, with nothing on it that says that an owner has applied it. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { managedFieldsOf } from '../manifest/field-set.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { type Owner, withoutMarks } from '../manifest/owner.ts';
import type { ReleaseChange } from '../plan/plan.ts';
import { entriesOperation, patchLive } from './patch-live.ts';

/** In one request, so that no moment has the one without the other. Of another object of that name nothing is touched. */
export function leaveObject(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  { reference, uid }: Pick<ReleaseChange, 'reference' | 'uid'>,
): Promise<void> {
  const isMeant = (live: Manifest) => live.metadata['uid'] === uid;
  return patchLive(cluster, type, reference, owner, (live) => (isMeant(live) ? leave(cluster, type, owner, live) : []));
}

function leave(cluster: Cluster, type: ResourceType, owner: Owner, live: Manifest): PatchOperation[] {
  const entries = managedFieldsOf(live);
  const others = entries.filter(({ manager }) => manager !== owner.manager);
  const managers = entries.map(({ manager = '' }) => ({ manager }));
  const marks = Object.entries(withoutMarks(owner, live.metadata, managers));
  return [
    ...(others.length < entries.length ? [entriesOperation(cluster, type, others)] : []),
    ...marks.flatMap(([field, value]): PatchOperation[] => {
      const before = (live.metadata[field] ?? {}) as JsonObject;
      const isSame = Object.entries(before).every(([name, text]) => value[name] === text);
      return isSame ? [] : [{ op: 'replace', path: `/metadata/${field}`, value }];
    }),
  ];
}
