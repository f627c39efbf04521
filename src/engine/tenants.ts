/** What would go with an object: the contents of Namespaces and the instances of CustomResourceDefinitions. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import type { Tenants } from '../plan/observation.ts';
import type { Problem } from '../plan/plan.ts';
import { problemOf } from './intent.ts';
import { listMarked } from './marked.ts';

/**
 * Of each of the objects that is a Namespace or a CustomResourceDefinition, by its identity. `unknown` gets the definitions
 * whose instances may not be listed.
 */
export async function observeTenants(
  cluster: Cluster,
  objects: readonly ObjectReference[],
  unknown: Map<string, Problem>,
): Promise<Map<string, Tenants>> {
  const namespaces = objects.filter(({ group, kind }) => group === '' && kind === 'Namespace');
  const definitions = objects.filter(
    ({ group, kind }) => group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition',
  );
  const tenants = await contentsOf(cluster, namespaces);
  await Promise.all(
    definitions.map(async (definition) => {
      const key = keyOf(definition);
      try {
        tenants.set(key, await instancesOf(cluster, definition));
      } catch (error) {
        if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
        unknown.set(key, problemOf(error));
      }
    }),
  );
  return tenants;
}

// Only what Vidra manages, for whatever owner and home: the rest of a Namespace is made by controllers, too.
async function contentsOf(cluster: Cluster, namespaces: readonly ObjectReference[]): Promise<Map<string, Tenants>> {
  const contents = new Map(namespaces.map(({ name }): [string, ObjectMetadata[]] => [name, []]));
  if (namespaces.length > 0) {
    for (const object of await listMarked(cluster)) contents.get(object.reference.namespace)?.push(object);
  }
  return new Map(namespaces.map((namespace) => [keyOf(namespace), { objects: contents.get(namespace.name) ?? [] }]));
}

async function instancesOf(cluster: Cluster, { name }: ObjectReference): Promise<Tenants> {
  const group = name.slice(name.indexOf('.') + 1);
  const plural = name.slice(0, name.indexOf('.'));
  const type = cluster.types().find((candidate) => candidate.group === group && candidate.resource === plural);
  return type ? { kind: { group, kind: type.kind }, objects: await cluster.listMetadata(type, {}) } : { objects: [] };
}
