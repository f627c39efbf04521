/** The cluster of a definition, and as whom it is acted on. Pure. */
import type { Access, Definition } from '../definition/definition.ts';
import type { ClusterDestination } from '../destination/destination.ts';

export function destinationOf(definition: Definition): ClusterDestination {
  const { server } = definition.destination;
  return destinationBy(accessOf(definition) ?? {}, server);
}

/** Nothing for one that says nothing of it. */
export function accessOf({ destination, serviceAccount }: Definition): Access | undefined {
  const { kubeconfigSecretRef } = destination;
  if (!serviceAccount && !kubeconfigSecretRef) return undefined;
  return { ...(kubeconfigSecretRef && { kubeconfigSecretRef }), ...(serviceAccount && { serviceAccount }) };
}

/** The cluster of a server, reached so. */
export function destinationBy(
  { serviceAccount, kubeconfigSecretRef }: Access,
  server: string | undefined,
): ClusterDestination {
  return {
    ...(server !== undefined && { server }),
    ...(kubeconfigSecretRef && { kubeconfigSecret: kubeconfigSecretRef }),
    ...(serviceAccount && { serviceAccount }),
  };
}
