/** Sources that go on with what they gave at last while they give nothing new, so that drift is repaired meanwhile. */
import type { InfrahubSync } from '../definition/definition.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { digestOf } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Snapshot, Source } from '../source/source.ts';

/** Remembers one snapshot for each sync, as long as it asks for the same. */
export function steadySources(sourceOf: Target['sourceOf']): Target['sourceOf'] {
  const last = new Map<string, { readonly wanted: string; readonly snapshot: Snapshot }>();
  return async (sync: InfrahubSync): Promise<Source> => {
    const wanted = digestOf(sync.source as unknown as JsonValue);
    const fallBack = (error: unknown): Snapshot => {
      const known = last.get(sync.name);
      if (!(error instanceof VidraError) || error.code === 'INTERRUPTED' || known?.wanted !== wanted) throw error;
      return { ...known.snapshot, complete: false, stale: error };
    };
    const steady = (source: Source): Source => ({
      ...source,
      fetch: async (signal) => {
        try {
          const snapshot = await source.fetch(signal);
          last.set(sync.name, { wanted, snapshot });
          return snapshot;
        } catch (error) {
          return fallBack(error);
        }
      },
    });
    try {
      return steady(await sourceOf(sync));
    } catch (error) {
      const snapshot = fallBack(error);
      return { description: sync.source.infrahubAPIURL, fetch: () => Promise.resolve(snapshot), close: async () => {} };
    }
  };
}
