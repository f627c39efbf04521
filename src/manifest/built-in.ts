/** What every Kubernetes has without a CustomResourceDefinition, as far as manifests are concerned. */

import { groupVersion, type Manifest } from './manifest.ts';
import type { Path } from './read-document.ts';

const groups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

const podSpecs = new Map<string, Path>([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'].map(
    (kind): [string, Path] => [kind, ['spec', 'template', 'spec']],
  ),
]);

/** Whether the server knows a group by itself. */
export function isBuiltInGroup(group: string): boolean {
  return groups.has(group);
}

/** Whether the server knows the manifest's group by itself. */
export function isBuiltIn(manifest: Manifest): boolean {
  return isBuiltInGroup(groupVersion(manifest.apiVersion).group);
}

/** Whether the manifest is of a kind of the core group. */
export function isCore(manifest: Manifest, kind: string): boolean {
  return manifest.kind === kind && manifest.apiVersion === 'v1';
}

/** Where the manifest, a Pod or something that makes Pods, has its Pod's spec. */
export function podSpecPath(manifest: Manifest): Path | undefined {
  return isBuiltIn(manifest) ? podSpecs.get(manifest.kind) : undefined;
}
