/** Secrets that are found by a label with a host as its value, as upstream Vidra marks what it needs for a server. */
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Cluster } from './cluster.ts';

export const secretKind = { group: '', version: 'v1', kind: 'Secret' };

/**
 * Those of the whole cluster, or of `namespace` when no others may be read; those in `namespace` first, then by name.
 * Throws CLUSTER_* but for a refusal.
 */
export async function labelledSecrets(
  cluster: Cluster,
  label: string,
  host: string,
  namespace: string,
): Promise<Manifest[] | 'refused'> {
  const type = cluster.typeOf(secretKind);
  // What cannot be the value of a label, such as an IPv6 address, is on no Secret.
  if (!type || !/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(host)) return [];
  const labelSelector = `${label}=${host}`;
  const rank = (secret: Manifest) => `${secret.metadata.namespace === namespace ? 0 : 1} ${secretName(secret)}`;
  for (const selection of [{ labelSelector }, { labelSelector, namespace }]) {
    try {
      const secrets = await cluster.list(type, selection);
      return secrets.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
    } catch (error) {
      if (!(error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN')) throw error;
    }
  }
  return 'refused';
}

/** Namespace and name. */
export function secretName({ metadata }: Manifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}
