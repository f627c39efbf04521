/** How Secrets and the ConfigMap of the operator are labelled and called: as upstream Vidra finds and names them. */
import { createHash } from 'node:crypto';

/** Of Secrets with a login to Infrahub; the value is its host. */
export const credentialsLabel = 'infrahub-api-url';
/** Of the ConfigMap. */
export const settingsLabel = { name: 'app', value: 'vidra' } as const;
export const settingsName = 'vidra-config';

/** The name of a new Secret for a host, perhaps with its port. */
export function credentialsName(host: string): string {
  return `infrahub-credentials-${shortHash(host)}`;
}

/** The name of a new Secret for a context of a kubeconfig. */
export function kubeconfigName(context: string): string {
  return `cluster-kubeconfig-${shortHash(context)}`;
}

/** The name of an InfrahubSync that nobody has given one. */
export function syncName({
  url,
  date,
  branch,
  artifact,
}: Readonly<Record<'url' | 'date' | 'branch' | 'artifact', string>>): string {
  return `infrahubsync-${createHash('sha256')
    .update(url + date + branch + artifact)
    .digest('hex')}`;
}

// For names that can be found again; nothing depends on it being hard to guess.
function shortHash(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
