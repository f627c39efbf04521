/** What is seen of the Leases, and since when each is as it is. */
import type { Manifest } from '../manifest/manifest.ts';
import type { Sight } from './decide.ts';
import type { Layout } from './layout.ts';
import { readRecord } from './record.ts';

export interface Sights {
  readonly all: ReadonlyMap<string, Sight>;
  /** The Lease as it was seen, to be written again; nothing when there is none. */
  stored(name: string): Manifest | undefined;
  /** Whether that is news. */
  see(lease: Manifest): boolean;
  /** The Lease does not exist any more. */
  miss(name: string): void;
}

export function createSights(layout: Layout): Sights {
  const all = new Map<string, Sight & { readonly stored: Manifest | undefined }>();
  return {
    all,
    stored: (name) => all.get(name)?.stored,
    see(lease) {
      const { name, resourceVersion, creationTimestamp } = lease.metadata;
      if (all.get(name)?.stored?.metadata['resourceVersion'] === resourceVersion) return false;
      const since = performance.now();
      all.set(name, { record: readRecord(lease), created: String(creationTimestamp), since, stored: lease });
      return true;
    },
    miss(name) {
      const known = all.get(name);
      // Whoever held it may not know yet that it was deleted.
      if (known?.stored && layout.shards.includes(name))
        all.set(name, { ...known, since: performance.now(), stored: undefined });
      else if (known?.stored) all.delete(name);
    },
  };
}
