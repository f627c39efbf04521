/** The namespace of Vidra's own objects. */
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Cluster, ResourceType } from './cluster.ts';

/** Makes it, where it is missing and that is allowed. */
export async function ensureNamespace(cluster: Cluster, name: string): Promise<void> {
  const type = cluster.typeOf({ group: '', version: 'v1', kind: 'Namespace' });
  if (!type) throw new VidraError('KIND_UNKNOWN', 'the cluster does not serve Namespace', { subject: cluster.server });
  try {
    await cluster.create(type, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (error) {
    // Whoever may not make it can still write into it, if somebody else has made it.
    if (!(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN') throw error;
  }
}

/** As `create` of the cluster, and makes the object's namespace first, where that is missing. */
export async function createWithNamespace(
  cluster: Cluster,
  type: ResourceType,
  object: Manifest,
): Promise<Manifest | undefined> {
  try {
    return await cluster.create(type, object);
  } catch (error) {
    if (!(error instanceof VidraError) || error.code !== 'NOT_FOUND') throw error;
    await ensureNamespace(cluster, object.metadata.namespace ?? '');
    return cluster.create(type, object);
  }
}
