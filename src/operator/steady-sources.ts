/** Sources that go on with what they gave at last while they give nothing new, so that drift is repaired meanwhile. */
import type { InfrahubSync } from '../definition/definition.ts';
import { sourceDigest } from '../definition/source-digest.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { Snapshot, Source } from '../source/source.ts';

type SourceOf = Target['sourceOf'];
type Recall = (sync: InfrahubSync) => Promise<Snapshot | undefined>;

/**
 * Remembers one snapshot for each sync, as long as it asks for the same. `recall` finds what a source gave before this process
 * began.
 */
export function steadySources(sourceOf: SourceOf): (recall: Recall) => SourceOf {
  const last = new Map<string, { readonly wanted: string; readonly snapshot: Snapshot }>();
  const remember = (sync: InfrahubSync, snapshot: Snapshot | undefined) => {
    if (snapshot) last.set(sync.name, { wanted: sourceDigest(sync), snapshot });
    return snapshot;
  };
  const known = (sync: InfrahubSync) => {
    const one = last.get(sync.name);
    return one?.wanted === sourceDigest(sync) ? one.snapshot : undefined;
  };
  return (recall) => async (sync) => {
    const fallBack = async (error: unknown): Promise<Snapshot> => {
      if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
      const snapshot = known(sync) ?? remember(sync, await recall(sync));
      if (!snapshot) throw error;
      return { ...snapshot, complete: false, stale: error };
    };
    const steady = (source: Source): Source => ({
      ...source,
      fetch: async (signal) => {
        try {
          const snapshot = await source.fetch(signal);
          remember(sync, snapshot);
          return snapshot;
        } catch (error) {
          return fallBack(error);
        }
      },
    });
    try {
      return steady(await sourceOf(sync));
    } catch (error) {
      const snapshot = await fallBack(error);
      return { description: sync.source.infrahubAPIURL, fetch: () => Promise.resolve(snapshot), close: async () => {} };
    }
  };
}
