/** What others do to the cluster behind Vidra's back. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';

/** As people edit with kubectl: another currency in the settings, another image of the shop. And its Service is deleted. */
export async function meddle(cluster: Cluster, namespace: string): Promise<void> {
  const settings: Manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'site-settings', namespace },
    data: { currency: 'EUR' },
  };
  const containers = [{ name: 'web', image: 'caddy:2.7' }];
  const shop: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace },
    spec: { template: { spec: { containers } } },
  };
  await cluster.apply(typeOf(cluster, '', 'ConfigMap'), settings, { manager: 'kubectl-edit', force: true });
  await cluster.apply(typeOf(cluster, 'apps', 'Deployment'), shop, { manager: 'kubectl-set', force: true });
  await removeObject(cluster, { group: '', version: 'v1', kind: 'Service', namespace, name: 'shop' });
}

/** Deletes whatever has this name; nothing happens when there is nothing. */
export async function removeObject(cluster: Cluster, reference: ObjectReference): Promise<void> {
  const type = typeOf(cluster, reference.group, reference.kind);
  const live = await cluster.getMetadata(type, reference);
  if (live) await cluster.remove(type, reference, { uid: live.uid });
}

function typeOf(cluster: Cluster, group: string, kind: string): ResourceType {
  const type = cluster.typeOf({ group, version: 'v1', kind });
  if (!type) throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}`, { subject: cluster.server });
  return type;
}
