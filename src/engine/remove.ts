/** Deletes one object, if it is still the one that was planned, and nobody else's. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { type Owner, ownersBut } from '../manifest/owner.ts';
import type { DeleteChange } from '../plan/plan.ts';

/** How often a deletion is tried when only the resourceVersion moved on, as a busy controller makes it. */
const deleteAttempts = 5;

/** Whether it is gone, or waits for something. Throws a VidraError when somebody else wants it by now. */
export async function remove(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: Pick<DeleteChange, 'reference' | 'uid' | 'resourceVersion' | 'propagation'>,
): Promise<{ readonly gone: boolean }> {
  let { resourceVersion } = change;
  for (let attempt = 1; attempt <= deleteAttempts; attempt++) {
    const answer = await cluster.remove(type, change.reference, {
      uid: change.uid,
      resourceVersion,
      propagation: change.propagation,
    });
    if (answer.type === 'absent') return { gone: true };
    if (answer.type === 'removed') return { gone: answer.gone };
    const live = await cluster.getMetadata(type, change.reference);
    if (!live) return { gone: true };
    if (live.uid !== change.uid) throw new VidraError('PLAN_STALE', 'was recreated by somebody since it was planned');
    const others = ownersBut([owner], live);
    if (others.length > 0) throw new VidraError('PLAN_STALE', `is wanted by ${others.join(', ')} since it was planned`);
    resourceVersion = live.resourceVersion;
  }
  throw new VidraError('PLAN_STALE', 'changes all the time');
}
