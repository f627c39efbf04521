/** Kubeconfigs in Secrets of the home cluster: those that a definition names, and those that carry the label of a host. */
import type { Cluster } from '../cluster/cluster.ts';
import { type ForeignKubeconfig, readForeignKubeconfig } from '../cluster/foreign-kubeconfig.ts';
import { labelledSecrets, secretKind, secretName, strangersText } from '../cluster/labelled-secrets.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import type { SecretReference } from './destination.ts';

/** Upstream Vidra's label; its value is the host without scheme and port. */
export const hostLabel = 'cluster-kubeconfig';

const defaultKey = 'kubeconfig';

/** Throws DESTINATION_UNKNOWN when it is not there, DESTINATION_INVALID when it is none, and CLUSTER_*. */
export async function namedKubeconfig(home: Cluster, reference: SecretReference): Promise<ForeignKubeconfig> {
  const { namespace, name, key = defaultKey } = reference;
  const type = home.typeOf(secretKind);
  const secret = type && (await home.get(type, { ...secretKind, namespace, name }));
  if (!secret) {
    const subject = `destination.kubeconfigSecretRef ${namespace}/${name}`;
    throw new VidraError('DESTINATION_UNKNOWN', 'there is no such Secret in the home cluster', { subject });
  }
  return readSecret(secret, key);
}

/** One by one, in the order in which they count; an error for what is none. `missing` is for people, where there are none. */
export async function labelledKubeconfigs(
  home: Cluster,
  host: string,
  namespaces: readonly string[],
): Promise<{ readonly found: readonly (ForeignKubeconfig | VidraError)[]; readonly missing: string }> {
  const { secrets, missing } = await labelledSecrets(home, hostLabel, host, namespaces);
  return { found: secrets.map(tryRead), missing };
}

/** Of labelled Secrets that do not count, for people. */
export function strangeKubeconfigs(home: Cluster, host: string, namespaces: readonly string[]): Promise<string> {
  return strangersText(home, hostLabel, host, namespaces);
}

function tryRead(secret: Manifest): ForeignKubeconfig | VidraError {
  try {
    return readSecret(secret, defaultKey);
  } catch (error) {
    if (error instanceof VidraError) return error;
    throw error;
  }
}

function readSecret(secret: Manifest, key: string): ForeignKubeconfig {
  const place = `Secret ${secretName(secret)}`;
  const value = ((secret['data'] ?? {}) as JsonObject)[key];
  if (typeof value !== 'string') {
    throw new VidraError('DESTINATION_INVALID', `has no entry ${key}`, { subject: place });
  }
  return readForeignKubeconfig(Buffer.from(value, 'base64').toString('utf8'), place);
}
