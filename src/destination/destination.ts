/** Which cluster a definition is for, and who acts there. */
import type { ServiceAccount } from '../cluster/impersonation.ts';
import { destinationServer } from '../inventory/inventory.ts';

/** A Secret of the home cluster that holds a kubeconfig. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  /** Of the entry in the Secret; `kubeconfig` if missing. */
  readonly key?: string;
  /** Of the kubeconfig; the one that leads to the destination's server if missing, or the current one without a server. */
  readonly context?: string;
}

export interface ClusterDestination {
  /** URL of the API server. Empty or missing: that of `kubeconfigSecret`, without one the home cluster. */
  readonly server?: string;
  readonly kubeconfigSecret?: SecretReference;
  /** Of the destination's cluster: it is acted as. */
  readonly serviceAccount?: ServiceAccount;
}

/** Tells destinations apart that need connections of their own. */
export function destinationKey({ server, kubeconfigSecret: secret, serviceAccount }: ClusterDestination): string {
  const reference = secret && [secret.namespace, secret.name, secret.key, secret.context];
  return JSON.stringify([
    destinationServer(server),
    reference,
    serviceAccount && [serviceAccount.namespace, serviceAccount.name],
  ]);
}
