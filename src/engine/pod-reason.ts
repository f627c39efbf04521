/** Why the Pods of a workload are not ready: asked of the cluster, only when somebody waits for them. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { groupVersion, type JsonObject, type Manifest } from '../manifest/manifest.ts';
import { podTrouble } from '../manifest/pod.ts';
import { selectorText } from '../manifest/selector.ts';

const workloads = new Set(['apps', 'batch', '']);
const kinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job']);
/** Of many Pods that fail, a few tell enough. */
const mostPods = 50;
const longestText = 500;

/** Whether objects of a kind make Pods that it can wait for. */
export function hasPods(reference: { group: string; kind: string }): boolean {
  return workloads.has(reference.group) && kinds.has(reference.kind);
}

/** For people; nothing when no Pod says anything, or the Pods may not be read. */
export async function podReason(cluster: Cluster, workload: Manifest): Promise<string | undefined> {
  try {
    const maker = workload.kind === 'Deployment' ? await newestReplicaSet(cluster, workload) : workload;
    return maker && (await troubleOfPods(cluster, maker));
  } catch (error) {
    if (error instanceof VidraError) return undefined;
    throw error;
  }
}

/** That of the Deployment's newest template: Pods of older ones are on their way out. */
async function newestReplicaSet(cluster: Cluster, deployment: Manifest): Promise<Manifest | undefined> {
  const sets = await ownedBy(cluster, deployment, { group: 'apps', version: 'v1', kind: 'ReplicaSet' });
  return sets.sort((one, other) => revisionOf(other) - revisionOf(one))[0];
}

function revisionOf(replicaSet: Manifest): number {
  return Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

async function troubleOfPods(cluster: Cluster, maker: Manifest): Promise<string | undefined> {
  const pods = await ownedBy(cluster, maker, { group: '', version: 'v1', kind: 'Pod' });
  const troubled = pods
    .filter(({ metadata }) => metadata['deletionTimestamp'] === undefined)
    .map(({ metadata, status }) => ({ name: metadata.name, trouble: podTrouble((status ?? {}) as JsonObject) }))
    .filter(({ trouble }) => trouble !== undefined);
  const [first, ...others] = troubled;
  if (!first) return undefined;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `Pod ${first.name}${more}: ${first.trouble}`.slice(0, longestText);
}

/** Objects that a selector finds may be somebody else's. */
async function ownedBy(cluster: Cluster, owner: Manifest, kind: { group: string; version: string; kind: string }) {
  const type = cluster.typeOf(kind);
  const spec = (owner['spec'] ?? {}) as JsonObject;
  const labelSelector = selectorText(spec['selector'], groupVersion(owner.apiVersion).group === '');
  if (!type || !labelSelector) return [];
  const namespace = owner.metadata.namespace ?? '';
  const objects = await cluster.list(type, { namespace, labelSelector, limit: mostPods });
  return objects.filter(({ metadata }) => {
    const owners = (metadata['ownerReferences'] ?? []) as readonly { uid?: string }[];
    return owners.some(({ uid }) => uid === owner.metadata['uid']);
  });
}
