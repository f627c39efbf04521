/** What upstream's operator leaves in a cluster, written as it writes it: by POST and PUT, as the manager `manager`. */
import type { Cluster, KubeObject, Reference } from './cluster.ts';

const apiVersion = 'infrahub.operators.com/v1alpha1';
const finalizer = 'vidraresource.infrahub.operators.com/finalizer';
const query = { fieldManager: 'manager' };

export const ownedBy = 'vidraresource.infrahub.operators.com/owned-by';

export interface LeftBehind {
  /** Of the VidraResource: the id of the artifact, as upstream names it. */
  readonly name: string;
  /** The InfrahubSync that it is of; nothing for one that somebody wrote. */
  readonly sync?: KubeObject;
  /** The objects that its status names. */
  readonly objects: readonly Reference[];
  readonly manifests?: readonly object[];
}

async function post(cluster: Cluster, path: string, body: object): Promise<KubeObject> {
  const { status, text } = await cluster.request('POST', path, { body, query });
  if (status !== 201) throw new Error(text);
  return JSON.parse(text) as KubeObject;
}

/** An InfrahubSync as it stands after upstream's last run. */
export async function upstreamSync(cluster: Cluster, manifest: Reference): Promise<KubeObject> {
  const made = await cluster.create<KubeObject>(manifest);
  const status = { syncState: 'Succeeded', lastSyncTime: '2025-06-19T09:00:00Z' };
  return cluster.replace({ ...made, status } as Reference, { subresource: 'status', query });
}

export async function upstreamResource(cluster: Cluster, left: LeftBehind): Promise<KubeObject> {
  const { name, sync, objects, manifests = objects } = left;
  const owner = sync && {
    ...{ apiVersion, kind: sync.kind, name: sync.metadata.name, uid: sync.metadata.uid },
    ...{ controller: true, blockOwnerDeletion: true },
  };
  const made = await post(cluster, `/apis/${apiVersion}/vidraresources`, {
    apiVersion,
    kind: 'VidraResource',
    metadata: { name, finalizers: [finalizer], ...(owner && { ownerReferences: [owner] }) },
    spec: {
      destination: {},
      manifest: manifests.map((one) => JSON.stringify(one)).join('\n---\n'),
      reconciledAt: '2025-06-19T09:00:00Z',
    },
  });
  const managedResources = objects.map((object) => ({
    ...{ apiVersion: object.apiVersion, kind: object.kind },
    ...{ name: object.metadata.name, namespace: object.metadata.namespace ?? '' },
  }));
  const status = { DeployState: 'Succeeded', lastSyncTime: '2025-06-19T09:00:01Z', managedResources };
  return cluster.replace({ ...made, status } as unknown as Reference, { subresource: 'status', query });
}

/** An object of VidraResources; the first of them is its controller. */
export async function upstreamObject(
  cluster: Cluster,
  manifest: Reference & { readonly metadata: { readonly labels?: object; readonly annotations?: object } },
  resources: readonly [KubeObject, ...KubeObject[]],
): Promise<KubeObject> {
  const { metadata } = manifest;
  const [{ kind, metadata: controller }] = resources;
  const annotations = { 'managed-by': 'vidra', [ownedBy]: resources.map((one) => one.metadata.name).join() };
  return post(cluster, `/api/v1/namespaces/${metadata.namespace}/${manifest.kind.toLowerCase()}s`, {
    ...manifest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, 'managed-by': 'vidra' },
      annotations: { ...metadata.annotations, ...annotations },
      ownerReferences: [
        { apiVersion, kind, name: controller.name, uid: controller.uid, controller: true, blockOwnerDeletion: true },
      ],
    },
  });
}
