/** The cluster of a definition, and as whom it is acted on. Pure. */
import type { Definition } from '../definition/definition.ts';
import type { ClusterDestination } from '../destination/destination.ts';

export function destinationOf({ destination, serviceAccount }: Definition): ClusterDestination {
  const { server, kubeconfigSecretRef } = destination;
  return {
    ...(server !== undefined && { server }),
    ...(kubeconfigSecretRef && { kubeconfigSecret: kubeconfigSecretRef }),
    ...(serviceAccount && { serviceAccount }),
  };
}
