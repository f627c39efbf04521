/**
 * Secrets that are found by a label with a host as its value, as upstream Vidra marks what it needs for a server. They count in some
 * namespaces only: whoever may write them says where manifests go, and with which login.
 */
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Cluster, ResourceType } from './cluster.ts';
import { isCounted } from './counted-namespaces.ts';
import { listCounted, listWhereAllowed } from './list-counted.ts';

export const secretKind = { group: '', version: 'v1', kind: 'Secret' };

export interface LabelledSecrets {
  /** In the order in which they count: by the order of the namespaces, then by name. */
  readonly secrets: readonly Manifest[];
  /** For people, where there are none. */
  readonly missing: string;
}

/** Throws CLUSTER_* but for a refusal. */
export async function labelledSecrets(
  cluster: Cluster,
  label: string,
  host: string,
  namespaces: readonly string[],
): Promise<LabelledSecrets> {
  const labelSelector = `${label}=${host}`;
  const type = typeFor(cluster, host);
  if (!type) return { secrets: [], missing: `no Secret can be labelled ${labelSelector}` };
  const { objects, read, refusals } = await listCounted(cluster, type, labelSelector, namespaces);
  const refused = refusals.map(({ namespace }) => namespace);
  const missing = [
    ...(read.length > 0 ? [`no Secret in ${read.join(', ')} is labelled ${labelSelector}`] : []),
    ...(refused.length > 0 ? [`Secrets labelled ${labelSelector} may not be read in ${refused.join(', ')}`] : []),
  ];
  return { secrets: objects, missing: missing.join('; ') };
}

/** Of those that do not count, for people, as far as they may be seen: whoever comes from upstream Vidra may rely on them. */
export async function strangersText(
  cluster: Cluster,
  label: string,
  host: string,
  namespaces: readonly string[],
): Promise<string> {
  const type = typeFor(cluster, host);
  const all = type ? await listWhereAllowed(cluster, type, { labelSelector: `${label}=${host}` }) : [];
  const strangers = (all instanceof VidraError ? [] : all).filter(
    ({ metadata: { namespace = '' } }) => !isCounted(namespace, namespaces),
  );
  if (strangers.length === 0) return '';
  return `${strangers.map(secretName).sort().join(', ')} does not count, as VIDRA_SECRET_NAMESPACES does not name its namespace`;
}

/** Namespace and name. */
export function secretName({ metadata }: Manifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Nothing for what cannot be the value of a label, such as an IPv6 address: it is on no Secret. */
function typeFor(cluster: Cluster, host: string): ResourceType | undefined {
  return /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(host) ? cluster.typeOf(secretKind) : undefined;
}
