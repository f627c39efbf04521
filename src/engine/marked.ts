/** Everything in a cluster that carries Vidra's label, of whatever kind and owner. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { managedSelector } from '../manifest/owner.ts';

/** One LIST for each kind. Of kinds that may not be listed, or whose own server is down, nothing. */
export async function listMarked(cluster: Cluster): Promise<ObjectMetadata[]> {
  const lists = await Promise.all(
    cluster
      .types()
      .filter(isListable)
      .map((type) => listOne(cluster, type)),
  );
  return lists.flat();
}

function isListable(type: ResourceType): boolean {
  return type.verbs.includes('list') && type.verbs.includes('delete');
}

async function listOne(cluster: Cluster, type: ResourceType): Promise<ObjectMetadata[]> {
  try {
    return await cluster.listMetadata(type, { labelSelector: managedSelector });
  } catch (error) {
    // What may not be listed cannot be pruned either; an API whose server is down has nothing to show now.
    if (error instanceof VidraError && ['CLUSTER_FORBIDDEN', 'NOT_FOUND', 'CLUSTER_FAILED'].includes(error.code))
      return [];
    throw error;
  }
}
