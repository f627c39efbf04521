/** PersistentVolumeClaims that nobody needs to wait for: their storage class binds them when a first Pod wants them. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { Health } from '../manifest/health.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import type { Sight } from './sight.ts';

export interface Claims {
  /** Reads the storage classes of clusters where claims are pending: one LIST, once. */
  learn(left: readonly Sight[]): Promise<void>;
  /** What to think of a claim that is not bound, according to what is known of its class. */
  judge(cluster: Cluster, claim: Manifest, health: Health): Health;
}

const selectedNode = 'volume.kubernetes.io/selected-node';
const current: Health = { state: 'current', reason: '' };

export function createClaims(): Claims {
  /** Names of the classes that wait for a Pod; nothing where they may not be read. */
  const known = new Map<Cluster, ReadonlySet<string> | undefined>();
  return {
    async learn(left) {
      const clusters = left.filter(({ awaited }) => isClaim(awaited.reference)).map(({ awaited }) => awaited.cluster);
      for (const cluster of new Set(clusters)) {
        if (!known.has(cluster)) known.set(cluster, await patientClasses(cluster));
      }
    },
    judge(cluster, claim, health) {
      const name = (claim['spec'] as JsonObject | undefined)?.['storageClassName'];
      const phase = (claim['status'] as JsonObject | undefined)?.['phase'];
      if (health.state !== 'progressing' || phase !== 'Pending' || typeof name !== 'string') return health;
      // A Pod wants it already.
      if (claim.metadata.annotations?.[selectedNode] !== undefined || !known.has(cluster)) return health;
      const classes = known.get(cluster);
      if (classes) return classes.has(name) ? current : health;
      const reason = `${health.reason}; perhaps it waits for its first Pod: the storage class ${name} may not be read`;
      return { ...health, reason };
    },
  };
}

/** Whether a reference is that of a claim. */
export function isClaim({ group, kind }: { group: string; kind: string }): boolean {
  return group === '' && kind === 'PersistentVolumeClaim';
}

async function patientClasses(cluster: Cluster): Promise<ReadonlySet<string> | undefined> {
  const type = cluster.typeOf({ group: 'storage.k8s.io', version: 'v1', kind: 'StorageClass' });
  if (!type) return undefined;
  try {
    const classes = await cluster.list(type, {});
    const patient = classes.filter((one) => one['volumeBindingMode'] === 'WaitForFirstConsumer');
    return new Set(patient.map(({ metadata }) => metadata.name));
  } catch (error) {
    if (error instanceof VidraError) return undefined;
    throw error;
  }
}
