/** Deletes one object, if it is still the one that was planned, and nobody else's. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { describe, type ObjectReference } from '../manifest/manifest.ts';
import { isMarkedBy, type Owner, ownersBut } from '../manifest/owner.ts';
import { isProtected, protection } from '../manifest/protection.ts';
import { listOf } from '../plan/names.ts';
import type { DeleteChange } from '../plan/plan.ts';
import { appliedAt } from '../plan/proof.ts';
import { tenantsOf } from './tenants.ts';

/** How often a deletion is tried when only the resourceVersion moved on, as a busy controller makes it. */
const deleteAttempts = 5;

/** Whether it is gone, or waits for something. Throws a VidraError when somebody else wants it by now. */
export async function remove(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: Pick<
    DeleteChange,
    'reference' | 'uid' | 'resourceVersion' | 'appliedAt' | 'propagation' | 'holds' | 'protected'
  >,
): Promise<{ readonly gone: boolean }> {
  if (change.holds) await mustHoldNothingNew(cluster, change.reference, change.holds);
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
    const obstacle = obstacleTo(owner, live, change);
    if (obstacle) throw new VidraError('PLAN_STALE', `${obstacle} since it was planned`);
    resourceVersion = live.resourceVersion;
  }
  throw new VidraError('PLAN_STALE', 'changes all the time');
}

/** Why the same object is not to be deleted any more after it has changed. */
function obstacleTo(
  owner: Owner,
  live: ObjectMetadata,
  { appliedAt: planned, protected: isConfirmed }: Pick<DeleteChange, 'appliedAt' | 'protected'>,
): string | undefined {
  const others = ownersBut([owner], live);
  if (others.length > 0) return `is wanted by ${others.join(', ')}`;
  if (!isMarkedBy(owner, live)) return 'is not its own any more';
  const applied = appliedAt(owner, live);
  if (planned !== undefined && applied !== undefined && applied !== planned)
    return 'was applied by another run of its owner';
  return isProtected(live.annotations) && !isConfirmed ? `has the annotation ${protection}` : undefined;
}

/** What comes into a Namespace, or of a kind, does not move the resourceVersion of the one that holds it. */
async function mustHoldNothingNew(
  cluster: Cluster,
  reference: ObjectReference,
  holds: readonly string[],
): Promise<void> {
  const known = new Set(holds);
  const { objects } = await tenantsOf(cluster, reference);
  // What the plan itself has deleted is gone by now, or on its way.
  const added = objects.filter(
    (object) => !object.deleting && (!known.has(object.uid) || ownersBut([], object).length > 0),
  );
  if (added.length === 0) return;
  const names = listOf(added.map((object) => describe(object.reference)));
  throw new VidraError('PLAN_STALE', `holds ${names} since it was planned`);
}
