/** Whether an object has become what its manifest asks for: the rules of kstatus, per kind and for conditions in general. */
import { behind, byConditions, conditionRules } from './health-conditions.ts';
import { type Health, progressing } from './health-state.ts';
import { workloadRules } from './health-workloads.ts';
import { groupVersion, type JsonObject, type Manifest } from './manifest.ts';

export type { Health } from './health-state.ts';

/** Kinds without a status that could be waited for, by group; a Namespace is Active from the start. */
const alwaysHealthy = new Set(
  Object.entries({
    '': 'Namespace ConfigMap Secret ServiceAccount Endpoints Event LimitRange PodTemplate ResourceQuota',
    'admissionregistration.k8s.io':
      'ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    apps: 'ControllerRevision',
    batch: 'CronJob',
    'coordination.k8s.io': 'Lease',
    'discovery.k8s.io': 'EndpointSlice',
    'events.k8s.io': 'Event',
    'flowcontrol.apiserver.k8s.io': 'PriorityLevelConfiguration',
    'networking.k8s.io': 'Ingress IngressClass NetworkPolicy IPAddress',
    'node.k8s.io': 'RuntimeClass',
    'rbac.authorization.k8s.io': 'Role RoleBinding ClusterRole ClusterRoleBinding',
    'resource.k8s.io': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
    'scheduling.k8s.io': 'PriorityClass',
    'storage.k8s.io': 'StorageClass CSIDriver CSINode CSIStorageCapacity VolumeAttachment VolumeAttributesClass',
  }).flatMap(([group, kinds]) => kinds.split(' ').map((kind) => `${group}/${kind}`)),
);

/** Whether objects of a kind are healthy as soon as they exist, so that nobody needs to look. */
export function isAlwaysHealthy({ group, kind }: { group: string; kind: string }): boolean {
  return alwaysHealthy.has(`${group}/${kind}`);
}

/** `rule` instead of what is known of the kind; it is not asked while the object is deleted or its status is old. */
export function healthOf(object: Manifest, rule?: (object: Manifest) => Health): Health {
  if (object.metadata['deletionTimestamp'] !== undefined) return progressing('is being deleted');
  const status = (object['status'] ?? {}) as JsonObject;
  const generation = object.metadata['generation'] as number | undefined;
  const observed = status['observedGeneration'] as number | undefined;
  if (generation !== undefined && observed !== undefined && observed < generation) return behind;
  if (rule) return rule(object);
  const kind = `${groupVersion(object.apiVersion).group}/${object.kind}`;
  return (workloadRules[kind] ?? conditionRules[kind] ?? byConditions)(status, object);
}
