/** The definition in the cluster that an owner comes from. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Definition } from '../definition/definition.ts';
import { loadStored } from '../definition/stored.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import { definitionsThere } from './definitions-there.ts';

/** Nothing for one of files, or that is gone. Throws DEFINITION_INVALID for one that does not say what holds. */
export async function definitionOfOwner(home: Cluster, { name, sync }: OwnerHeader): Promise<Definition | undefined> {
  const there = await definitionsThere(home, sync === undefined ? 'VidraResource' : 'InfrahubSync');
  const [found] = await loadStored(there.filter(({ metadata }) => metadata.name === (sync ?? name)));
  const [problem] = found?.problems ?? [];
  if (problem) throw problem;
  return found?.definition && { ...found.definition, stored: found.stored };
}
