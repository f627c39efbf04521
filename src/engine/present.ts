/** Whose definition is a custom resource of the home cluster: whatever files say, such an owner has not left. */
import type { Cluster } from '../cluster/cluster.ts';
import { definitionApiVersion } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord, OwnerHeader } from '../inventory/inventory.ts';
import { groupVersion } from '../manifest/manifest.ts';

/** What there is in the home cluster. */
export interface Present {
  /** Names of its InfrahubSyncs; `unknown` where they may not be listed. */
  readonly syncs: ReadonlySet<string> | 'unknown';
  /** Names of its VidraResources that somebody wrote. */
  readonly resources: ReadonlySet<string>;
}

export const nothingPresent: Present = { syncs: new Set(), resources: new Set() };

export async function presentIn(home: Cluster, records: readonly InventoryRecord[]): Promise<Present> {
  const resources = new Set(records.filter(({ written }) => written).map(({ header }) => header.name));
  return { syncs: await syncsIn(home), resources };
}

async function syncsIn(home: Cluster): Promise<Present['syncs']> {
  const type = home.typeOf({ ...groupVersion(definitionApiVersion), kind: 'InfrahubSync' });
  if (!type) return nothingPresent.syncs;
  try {
    return new Set((await home.listMetadata(type, {})).map(({ reference }) => reference.name));
  } catch (error) {
    if (error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN') return 'unknown';
    throw error;
  }
}

/** Whether the definition that an owner comes from is there, or may be. */
export function isPresent({ name, sync }: Pick<OwnerHeader, 'name' | 'sync'>, { syncs, resources }: Present): boolean {
  if (sync === undefined) return resources.has(name);
  return syncs === 'unknown' || syncs.has(sync);
}

/** The same of an owner of which only the name is known. */
export function mayBePresent(name: string, { syncs, resources }: Present): boolean {
  return resources.has(name) || syncs === 'unknown' || [...syncs].some((sync) => name.startsWith(`${sync}-`));
}
