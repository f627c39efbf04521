/** Looks at objects that go, where they may come back under another name. */
import type { Cluster } from '../cluster/cluster.ts';
import { isAboutTheCluster } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import { unclearDepartures } from '../plan/rename-candidates.ts';

/** By identity. What cannot be read is left out: then it is no rename. */
export async function lookAtFormer(
  cluster: Cluster,
  observed: OwnerObservation,
): Promise<ReadonlyMap<string, Manifest>> {
  const looks = unclearDepartures(observed).map(async (reference): Promise<[string, Manifest][]> => {
    const type = cluster.typeOf(reference);
    try {
      const object = type && (await cluster.get(type, reference));
      return object ? [[keyOf(reference), object]] : [];
    } catch (error) {
      if (!(error instanceof VidraError) || isAboutTheCluster(error)) throw error;
      return [];
    }
  });
  return new Map((await Promise.all(looks)).flat());
}
