/** What upstream's operator has left in the home cluster and is nobody else's yet. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Inventory, InventoryRecord } from '../inventory/inventory.ts';
import { describe } from '../manifest/manifest.ts';
import { upstreamOwnersOf } from '../manifest/owner.ts';
import { listMarked } from './marked.ts';
import { isPresent, presentIn } from './present.ts';

export interface UpstreamOwner {
  readonly name: string;
  readonly sync?: string;
  /** Whether the InfrahubSync, or what somebody wrote, is still there. */
  readonly present: boolean;
  readonly objects: number;
}

export interface UpstreamRemains {
  /** VidraResources that Vidra has not written to. */
  readonly owners: readonly UpstreamOwner[];
  /** Objects of the home cluster that carry its list of owners. */
  readonly objects: number;
  /** Those of them that are for owners of which there is no VidraResource: they stay for ever. */
  readonly strays: readonly { readonly name: string; readonly owners: readonly string[] }[];
}

export async function upstreamRemains(home: Cluster, inventory: Inventory): Promise<UpstreamRemains> {
  const [records, marked] = await Promise.all([inventory.list(), listMarked(home)]);
  const present = await presentIn(home, records);
  const known = new Set(records.map(({ header }) => header.name));
  const objects = marked.filter((object) => upstreamOwnersOf(object).length > 0);
  return {
    owners: records.filter(isUpstreams).map(({ header, entries }) => ({
      name: header.name,
      ...(header.sync !== undefined && { sync: header.sync }),
      present: isPresent(header, present),
      objects: entries.size,
    })),
    objects: objects.length,
    strays: objects.flatMap((object) => {
      const owners = upstreamOwnersOf(object).filter((name) => !known.has(name));
      return owners.length > 0 ? [{ name: describe(object.reference), owners }] : [];
    }),
  };
}

/** Vidra says of each record which set it is of; what somebody has just written has nothing yet. */
function isUpstreams({ header, entries, elsewhere }: InventoryRecord): boolean {
  return header.set === '' && elsewhere === undefined && (header.sync !== undefined || entries.size > 0);
}
