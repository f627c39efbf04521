/** Which HorizontalPodAutoscaler scales an object. Asked only where a field is held through the `scale` subresource. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { groupVersion, type JsonObject, type Manifest, type ObjectReference } from '../manifest/manifest.ts';

/** The name of an object's autoscaler; null when it has none, nothing when that may not be known. */
export type FindAutoscaler = (reference: ObjectReference) => Promise<string | null | undefined>;

/** Lists the autoscalers of a namespace once. */
export function createAutoscalerFinder(cluster: Cluster): FindAutoscaler {
  const lists = new Map<string, Promise<readonly Manifest[] | undefined>>();
  return async (reference) => {
    const { namespace } = reference;
    const list = lists.get(namespace) ?? listAutoscalers(cluster, namespace);
    lists.set(namespace, list);
    const autoscalers = await list;
    if (!autoscalers) return undefined;
    return autoscalers.find((autoscaler) => isTarget(autoscaler, reference))?.metadata.name ?? null;
  };
}

async function listAutoscalers(cluster: Cluster, namespace: string): Promise<readonly Manifest[] | undefined> {
  const type = cluster.typeOf({ group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' });
  if (!type) return [];
  try {
    return await cluster.list(type, { namespace });
  } catch (error) {
    if (error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN') return undefined;
    throw error;
  }
}

function isTarget(autoscaler: Manifest, { group, kind, name }: ObjectReference): boolean {
  const target = (autoscaler['spec'] as JsonObject | undefined)?.['scaleTargetRef'] as JsonObject | undefined;
  return (
    target?.['kind'] === kind &&
    target['name'] === name &&
    groupVersion(String(target['apiVersion'] ?? '')).group === group
  );
}
