/** What would go with an object: the contents of Namespaces and the instances of CustomResourceDefinitions. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { groupVersion, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isContainer, isNamespace } from '../plan/containers.ts';
import { isContent, mayBeContent } from '../plan/contents.ts';
import type { Tenants } from '../plan/observation.ts';
import type { Problem } from '../plan/plan.ts';
import { problemOf } from './intent.ts';

/** Of each of the objects that holds others, by its identity. `unknown` gets those that could not be asked for. */
export async function observeTenants(
  cluster: Cluster,
  objects: readonly ObjectReference[],
  unknown: Map<string, Problem>,
): Promise<Map<string, Tenants>> {
  const tenants = new Map<string, Tenants>();
  await Promise.all(
    objects.filter(isContainer).map(async (container) => {
      const key = keyOf(container);
      try {
        tenants.set(key, await tenantsOf(cluster, container));
      } catch (error) {
        if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
        unknown.set(key, problemOf(error));
      }
    }),
  );
  return tenants;
}

/** What a Namespace or a CustomResourceDefinition holds at this moment. */
export function tenantsOf(cluster: Cluster, container: ObjectReference): Promise<Tenants> {
  return isNamespace(container) ? contentsOf(cluster, container) : instancesOf(cluster, container);
}

/** One LIST for each kind: whoever made it, it goes with the Namespace. */
async function contentsOf(cluster: Cluster, { name: namespace }: ObjectReference): Promise<Tenants> {
  const types = cluster.types().filter(isStored);
  const lists = await Promise.all(types.map((type) => listUnlessHidden(cluster, type, namespace)));
  const isNamespaced = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
    cluster.typeOf({ ...groupVersion(apiVersion), kind })?.namespaced === true;
  return {
    objects: lists.flatMap((list) => list ?? []).filter((object) => isContent(object, isNamespaced)),
    unlisted: types.filter((_type, index) => lists[index] === undefined).map(({ kind }) => kind),
  };
}

function isStored(type: ResourceType): boolean {
  return type.namespaced && type.verbs.includes('list') && type.verbs.includes('delete') && mayBeContent(type);
}

/** Nothing where they may not be listed, or where the server of their API does not answer. */
async function listUnlessHidden(
  cluster: Cluster,
  type: ResourceType,
  namespace: string,
): Promise<ObjectMetadata[] | undefined> {
  try {
    return await cluster.listMetadata(type, { namespace });
  } catch (error) {
    if (error instanceof VidraError && ['CLUSTER_FORBIDDEN', 'NOT_FOUND', 'CLUSTER_FAILED'].includes(error.code))
      return undefined;
    throw error;
  }
}

async function instancesOf(cluster: Cluster, { name }: ObjectReference): Promise<Tenants> {
  const group = name.slice(name.indexOf('.') + 1);
  const plural = name.slice(0, name.indexOf('.'));
  const type = cluster.types().find((candidate) => candidate.group === group && candidate.resource === plural);
  if (!type) return { objects: [], unlisted: [`${plural} of ${group}`] };
  return { kind: { group, kind: type.kind }, objects: await cluster.listMetadata(type, {}) };
}
