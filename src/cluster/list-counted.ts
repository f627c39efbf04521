/** Objects that are found by a label, in the namespaces where they count. */
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Cluster, ResourceType, Selection } from './cluster.ts';
import { placesToWatch, rankOf } from './counted-namespaces.ts';

export interface Counted {
  /** In the order in which they count: by the order of the namespaces, then by namespace and name. */
  readonly objects: readonly Manifest[];
  /** The namespaces that were read; `any namespace` is one. */
  readonly read: readonly string[];
  /** Of those that may not be read. */
  readonly refusals: readonly { readonly namespace: string; readonly error: VidraError }[];
}

/** Throws CLUSTER_* but for a refusal. */
export async function listCounted(
  cluster: Cluster,
  type: ResourceType,
  labelSelector: string,
  namespaces: readonly string[],
): Promise<Counted> {
  const places = placesToWatch(namespaces, labelSelector);
  const listed = await Promise.all(places.map((selections) => listFirst(cluster, type, selections)));
  const key = ({ metadata: { namespace = '', name } }: Manifest) => `${namespace}/${name}`;
  const rank = ({ metadata: { namespace = '' } }: Manifest) => rankOf(namespace, namespaces);
  return {
    objects: listed
      .flatMap(({ objects }) => objects)
      .sort((one, other) => rank(one) - rank(other) || (key(one) < key(other) ? -1 : 1)),
    read: listed.filter(({ error }) => !error).map(({ namespace }) => namespace),
    refusals: listed.flatMap(({ namespace, error }) => (error ? [{ namespace, error }] : [])),
  };
}

/** Those that a selection names, or why they may not be read. Throws CLUSTER_* but for a refusal. */
export async function listWhereAllowed(
  cluster: Cluster,
  type: ResourceType,
  selection: Selection,
): Promise<Manifest[] | VidraError> {
  try {
    return await cluster.list(type, selection);
  } catch (error) {
    if (error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN') return error;
    throw error;
  }
}

interface Listed {
  readonly namespace: string;
  readonly objects: readonly Manifest[];
  readonly error?: VidraError;
}

async function listFirst(cluster: Cluster, type: ResourceType, selections: readonly Selection[]): Promise<Listed> {
  const [first = {}, ...others] = selections;
  const namespace = first.namespace ?? 'any namespace';
  const answer = await listWhereAllowed(cluster, type, first);
  if (!(answer instanceof VidraError)) return { namespace, objects: answer };
  return others.length > 0 ? listFirst(cluster, type, others) : { namespace, objects: [], error: answer };
}
