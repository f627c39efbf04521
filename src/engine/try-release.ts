/** Lets the API server say what goes with an owner that leaves an object which others still have. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf, keyOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { emptyManifest, ownersBut } from '../manifest/owner.ts';
import type { SharedWishes } from '../plan/agreement.ts';
import { maskMessage } from '../plan/mask.ts';
import { abandoned, type OwnerObservation, type Verdict } from '../plan/observation.ts';
import { appliedFields } from '../plan/proof.ts';
import { type Trial, unforced, verdictOf } from './verdict.ts';

/** One question for each such object. */
export function releaseTrials(cluster: Cluster, observed: OwnerObservation, wishes: SharedWishes): Trial[] {
  return abandoned(observed).flatMap(({ reference }): Trial[] => {
    const key = keyOf(reference);
    const live = observed.destination.live.get(key);
    const type = cluster.typeOf(reference);
    if (!live || !type || live.deleting || appliedFields(observed.owner, live) === undefined) return [];
    const isWanted = [...(wishes.get(key)?.values() ?? [])].some((wish) => wish !== 'nothing');
    if (!isWanted && ownersBut([observed.owner], live).length === 0) return [];
    return [{ key, ask: () => ask(cluster, type, observed, reference, live) }];
  });
}

async function ask(
  cluster: Cluster,
  type: ResourceType,
  { owner, salt }: OwnerObservation,
  reference: ObjectReference,
  live: ObjectMetadata,
): Promise<Verdict> {
  let object: Manifest | undefined;
  try {
    object = await cluster.get(type, reference);
    const manifest = emptyManifest({ apiVersion: apiVersionOf(type), kind: type.kind }, reference);
    const options = { manager: owner.manager, dryRun: true, expect: { uid: live.uid } };
    const answer = await cluster.apply(type, manifest, options);
    if (answer.type !== 'applied') return { type: 'predicted', reason: 'it changes at this moment' };
    return verdictOf(answer, owner, { object, live, isShared: true, salt }, unforced);
  } catch (error) {
    // What cannot be asked is planned all the same: nothing of it is decided here.
    if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
    return { type: 'predicted', reason: maskMessage(object, error.message) };
  }
}
