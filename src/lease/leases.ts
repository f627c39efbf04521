/** The Leases of one name in the home cluster: read, followed, and written at the version that was seen. */
import type { Cluster, WatchEvent } from '../cluster/cluster.ts';
import { createWithNamespace } from '../cluster/namespace.ts';
import { VidraError } from '../errors.ts';
import { describe, type Manifest } from '../manifest/manifest.ts';
import { leaseLabel } from './layout.ts';

export interface Leases {
  /** One that does not exist yet. */
  blank(name: string): Manifest;
  /** Nothing when it is not as it was seen any more. */
  write(lease: Manifest): Promise<Manifest | undefined>;
  read(name: string): Promise<Manifest | undefined>;
  /** Whether it is gone: false when it has changed since it was seen. */
  remove(lease: Manifest): Promise<boolean>;
  follow(signal: AbortSignal): AsyncIterable<WatchEvent<Manifest>>;
}

/** Every request is given up after `timeoutMs`, with TIMEOUT; what comes of it later is not believed. */
export function leasesOf(cluster: Cluster, namespace: string, label: string, timeoutMs: number): Leases {
  const type = cluster.typeOf({ group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' });
  if (!type) throw new VidraError('KIND_UNKNOWN', 'the cluster does not serve Lease', { subject: cluster.server });
  const refer = (name: string) => ({ ...type, namespace, name });
  const inTime = async <T>(name: string, request: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new VidraError('TIMEOUT', 'the API server does not answer', { subject: describe(refer(name)) });
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    return Promise.race([request, late]).finally(() => clearTimeout(timer));
  };
  const create = (lease: Manifest) => createWithNamespace(cluster, type, lease);
  const replace = (lease: Manifest) => unlessMissing(cluster.replace(type, lease), async () => undefined);

  return {
    blank: (name) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, labels: { [leaseLabel]: label } },
    }),
    write: (lease) => inTime(lease.metadata.name, lease.metadata['resourceVersion'] ? replace(lease) : create(lease)),
    read: (name) => inTime(name, cluster.get(type, refer(name))),
    async remove({ metadata: { name, uid, resourceVersion } }) {
      const exactly = { uid: String(uid), resourceVersion: String(resourceVersion) };
      return (await inTime(name, cluster.remove(type, refer(name), exactly))).type !== 'stale';
    },
    follow: (signal) => cluster.watch(type, { namespace, labelSelector: `${leaseLabel}=${label}` }, signal),
  };
}

async function unlessMissing<T>(request: Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof VidraError) || error.code !== 'NOT_FOUND') throw error;
    return otherwise();
  }
}
