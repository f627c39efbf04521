/** Takes out the rules of a ClusterRole that the control plane puts together from others. */
import type { Manifest } from './manifest.ts';

/** The manifest without `rules` where it has an `aggregationRule`: what is written there is overwritten within a moment, for ever. */
export function withoutAggregatedRules(manifest: Manifest): Manifest {
  const { rules, ...rest } = manifest;
  const isClusterRole = manifest.kind === 'ClusterRole' && manifest.apiVersion.startsWith('rbac.authorization.k8s.io/');
  const isAggregated = manifest['aggregationRule'] !== undefined && manifest['aggregationRule'] !== null;
  return isClusterRole && isAggregated && rules !== undefined ? (rest as Manifest) : manifest;
}
