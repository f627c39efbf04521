/** What the demo leaves in a cluster: looked for there, and nowhere else. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { describe } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';

/** Names of objects as people read them, by uid. */
export type Names = ReadonlyMap<string, string>;

/** Kinds that a cluster writes all by itself all the time. */
const restless = new Set(['Event', 'Lease']);

/** Everything that a cluster holds; for a small one. */
export async function everything(cluster: Cluster): Promise<Names> {
  await cluster.discover();
  const types = cluster.types().filter(({ kind }) => !restless.has(kind));
  return namesOf(await Promise.all(types.map((type) => list(cluster, type))));
}

/** What says that it is one of these owners', and the namespaces, records and kinds whose names start with `prefix`. */
export async function traces(cluster: Cluster, prefix: string, artifacts: readonly string[]): Promise<Names> {
  await cluster.discover();
  const types = cluster.types();
  const isNamed = ({ reference, annotations }: ObjectMetadata) =>
    reference.name.startsWith(prefix) ||
    artifacts.some((id) => reference.name.endsWith(id) || Object.values(annotations).some((text) => text.endsWith(id)));
  const marked = types.map((type) => list(cluster, type, managedSelector));
  const others = types
    .filter(({ group, kind }) => (group === '' && kind === 'Namespace') || kind === 'VidraResource')
    .map((type) => list(cluster, type));
  const found = (await Promise.all([...marked, ...others])).map((objects) => objects.filter(isNamed));
  return namesOf(found);
}

/** Asks until there is nothing left, and returns what is left after `limitMs`. */
export async function awaitNothing(look: () => Promise<Names>, limitMs: number): Promise<Names> {
  for (const end = performance.now() + limitMs; ; await sleep(300)) {
    const left = await look();
    if (left.size === 0 || performance.now() > end) return left;
  }
}

async function list(cluster: Cluster, type: ResourceType, labelSelector?: string): Promise<ObjectMetadata[]> {
  if (!type.verbs.includes('list')) return [];
  try {
    return await cluster.listMetadata(type, labelSelector === undefined ? {} : { labelSelector });
  } catch (error) {
    // What may not be listed, or is not served any more, holds nothing that the demo could have made.
    const passing = ['CLUSTER_FORBIDDEN', 'NOT_FOUND', 'CLUSTER_FAILED'];
    if (error instanceof VidraError && passing.includes(error.code)) return [];
    throw error;
  }
}

function namesOf(lists: readonly (readonly ObjectMetadata[])[]): Names {
  return new Map(lists.flat().map(({ uid, reference }) => [uid, describe(reference)]));
}
