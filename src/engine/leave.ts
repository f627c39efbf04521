/** Leaves an object as it is, with nothing on it that says that an owner has applied it. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { managedFieldsOf } from '../manifest/field-set.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { type Owner, withoutMarks } from '../manifest/owner.ts';
import type { ReleaseChange } from '../plan/plan.ts';
import { patchLive } from './patch-live.ts';

/** In one request, so that no moment has the one without the other. Of another object of that name nothing is touched. */
export function leaveObject(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  { reference, uid }: Pick<ReleaseChange, 'reference' | 'uid'>,
): Promise<void> {
  return patchLive(cluster, type, reference, owner, (live) => (live.metadata['uid'] === uid ? leave(owner, live) : []));
}

function leave(owner: Owner, live: Manifest): PatchOperation[] {
  const entries = managedFieldsOf(live);
  const managers = entries.map(({ manager = '' }) => ({ manager }));
  const own = entries.flatMap(({ manager }, index) => (manager === owner.manager ? [index] : []));
  const marks = Object.entries(withoutMarks(owner, live.metadata, managers));
  return [
    // From the end, so that the places of the others stay what they are.
    ...own.reverse().map((index): PatchOperation => ({ op: 'remove', path: `/metadata/managedFields/${index}` })),
    ...marks.flatMap(([field, value]): PatchOperation[] => {
      const before = (live.metadata[field] ?? {}) as JsonObject;
      const isSame = Object.entries(before).every(([name, text]) => value[name] === text);
      return isSame ? [] : [{ op: 'replace', path: `/metadata/${field}`, value }];
    }),
  ];
}
