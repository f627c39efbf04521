/** The InfrahubSyncs and VidraResources that a cluster has, as they are written there. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { definitionApiVersion } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import { groupVersion, type JsonObject, type Manifest } from '../manifest/manifest.ts';

export type DefinitionKind = 'InfrahubSync' | 'VidraResource';

/** Throws KIND_UNKNOWN where the kind is not installed. */
export function definitionType(cluster: Cluster, kind: DefinitionKind): ResourceType {
  const type = cluster.typeOf({ ...groupVersion(definitionApiVersion), kind });
  if (type) return type;
  throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}; install it with: vidra install`, {
    subject: cluster.server,
  });
}

/** All of a kind by name; none where it is not installed. */
export async function definitionsThere(cluster: Cluster, kind: DefinitionKind): Promise<Manifest[]> {
  const type = cluster.typeOf({ ...groupVersion(definitionApiVersion), kind });
  if (!type) return [];
  const found = await cluster.list(type, {});
  return found.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

/** Of a definition: `spec.source` or `spec.destination`. */
export function partOf(definition: Manifest, part: 'source' | 'destination'): Readonly<Record<string, unknown>> {
  return ((definition['spec'] as JsonObject | undefined)?.[part] ?? {}) as JsonObject;
}

/** `InfrahubSync web, VidraResource x and 3 more`. */
export function namesOf(definitions: readonly Manifest[]): string {
  const names = definitions.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const more = names.length - mostNames;
  return more > 0 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ');
}

const mostNames = 5;
