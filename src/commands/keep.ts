/** Objects that people keep for Vidra by single commands: found by label, written only when they would change. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { everyNamespace, isCounted } from '../cluster/counted-namespaces.ts';
import { listCounted } from '../cluster/list-counted.ts';
import { ensureNamespace } from '../cluster/namespace.ts';
import { VidraError } from '../errors.ts';
import { canonicalJson } from '../manifest/json.ts';
import { describe, type Manifest, type Metadata, type ObjectReference } from '../manifest/manifest.ts';
import type { Home } from './home.ts';
import type { Terminal } from './terminal.ts';

export type Kept = 'Created' | 'Updated' | 'Unchanged';

const attempts = 5;

/** Makes the object what `change` says of it as it is now, or of nothing. Throws INVENTORY_CONTESTED. */
export async function keep(
  { cluster, namespace }: Home,
  type: ResourceType,
  reference: ObjectReference,
  change: (live: Manifest | undefined) => Manifest,
): Promise<Kept> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const live = await cluster.get(type, reference);
    const wanted = change(live);
    if (live && canonicalJson(live) === canonicalJson(wanted)) return 'Unchanged';
    // Only Vidra's own: another one that is missing may be mistyped.
    if (!live && type.namespaced && reference.namespace === namespace) await ensureNamespace(cluster, namespace);
    const written = await (live ? cluster.replace(type, wanted) : cluster.create(type, wanted));
    if (written) return live ? 'Updated' : 'Created';
  }
  throw new VidraError('INVENTORY_CONTESTED', 'changes all the time', { subject: describe(reference) });
}

/** The metadata of an object with a label, and without what kubectl remembers of it: that is not true any more. */
export function labelled(
  { namespace, name }: ObjectReference,
  labels: Readonly<Record<string, string>>,
  live: Manifest | undefined,
): Metadata {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = live?.metadata.annotations ?? {};
  return {
    ...live?.metadata,
    name,
    ...(namespace && { namespace }),
    labels: { ...live?.metadata.labels, ...labels },
    ...(live?.metadata.annotations && { annotations }),
  };
}

export interface Place {
  /** As `-n` names it: only there. Otherwise where such objects count. */
  readonly namespace?: string;
}

/** In the order in which they count. Throws CLUSTER_FORBIDDEN where none may be read. */
export async function findKept(
  { cluster, secretNamespaces }: Home,
  type: ResourceType,
  labelSelector: string,
  { namespace }: Place,
): Promise<readonly Manifest[]> {
  const namespaces = namespace === undefined ? secretNamespaces : [namespace];
  const { objects, read, refusals } = await listCounted(cluster, type, labelSelector, namespaces);
  const [refusal] = refusals;
  if (refusal && read.length === 0) throw refusal.error;
  return objects;
}

/** For people: where it was looked. */
export function placesText({ secretNamespaces }: Home, { namespace }: Place): string {
  const namespaces = namespace === undefined ? secretNamespaces : [namespace];
  return namespaces.includes(everyNamespace) ? 'any namespace' : namespaces.join(', ');
}

/** Tells whoever keeps something where it is not found by its label. */
export function noteUncounted({ secretNamespaces }: Home, namespace: string, { stderr }: Terminal): void {
  if (isCounted(namespace, secretNamespaces)) return;
  stderr.write(
    `note: in ${namespace} it counts only for a Vidra whose VIDRA_SECRET_NAMESPACES (rbac.secretNamespaces of the chart) names that\n`,
  );
}

/** This very object, as it was read. Throws PLAN_STALE when it has changed since; gives what it still waits for. */
export async function removeKept(cluster: Cluster, type: ResourceType, object: Manifest): Promise<readonly string[]> {
  const { name, namespace = '', uid, resourceVersion } = object.metadata;
  const reference = { ...type, namespace, name };
  const removed = await cluster.remove(type, reference, {
    uid: String(uid),
    resourceVersion: String(resourceVersion),
  });
  if (removed.type === 'stale')
    throw new VidraError('PLAN_STALE', 'changed meanwhile', { subject: describe(reference) });
  return removed.type === 'removed' && !removed.gone ? removed.finalizers : [];
}
