/** Takes one owner off an object that stays, if somebody is left who wants it. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf } from '../manifest/manifest.ts';
import { emptyManifest, isMarkedBy, type Owner } from '../manifest/owner.ts';
import { describeConflicts } from '../plan/conflict.ts';
import type { ReleaseChange } from '../plan/plan.ts';
import { leaveObject, mustBeShared } from './leave.ts';

/** How often it is tried when the object changes meanwhile, as a busy controller makes it. */
const attempts = 5;

/**
 * Of another object of that name nothing is touched. Throws PLAN_STALE when everybody else has left it since: with this
 * owner, too, it would be nobody's, and stay for ever.
 */
export async function release(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: ReleaseChange,
): Promise<void> {
  if (change.leave) return leaveObject(cluster, type, owner, change);
  const manifest = emptyManifest({ apiVersion: apiVersionOf(type), kind: type.kind }, change.reference);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await cluster.getMetadata(type, change.reference);
    if (!live || live.uid !== change.uid || !isMarkedBy(owner, live)) return;
    mustBeShared(owner, live);
    const { uid, resourceVersion } = live;
    const answer = await cluster.apply(type, manifest, { manager: owner.manager, expect: { uid, resourceVersion } });
    // What is in no entry of managedFields any more, as after somebody has wiped them, does not go with the empty apply.
    if (answer.type === 'applied')
      return isMarkedBy(owner, answer.metadata) ? leaveObject(cluster, type, owner, change) : undefined;
    if (answer.type === 'conflict') throw new VidraError('CONFLICT', describeConflicts(answer.conflicts, { owner }));
  }
  throw new VidraError('PLAN_STALE', 'changes all the time');
}
