/** Whether an object has become what its manifest asks for: the rules of kstatus, per kind and for conditions in general. */
import { conditionOf } from './condition.ts';
import type { JsonObject, Manifest } from './manifest.ts';
import { podTrouble } from './pod.ts';

export interface Health {
  readonly state: 'current' | 'progressing' | 'failed';
  /** For people: what it waits for, or why it failed. Empty when current. */
  readonly reason: string;
}

const current: Health = { state: 'current', reason: '' };

/** Kinds of the core groups without a status that could be waited for; a Namespace is Active from the start. */
const alwaysCurrent =
  /^(Namespace|ConfigMap|Secret|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|NetworkPolicy|Endpoints|EndpointSlice|LimitRange|PriorityClass|RuntimeClass|StorageClass|IngressClass|Lease|CSIDriver|ControllerRevision|(Validating|Mutating)(WebhookConfiguration|AdmissionPolicy|AdmissionPolicyBinding))$/;
const builtInGroup = /^$|^(apps|batch|policy|autoscaling)$|\.k8s\.io$/;

/** Whether objects of a kind are healthy as soon as they exist, so that nobody needs to look. */
export function isAlwaysHealthy(reference: { group: string; kind: string }): boolean {
  return builtInGroup.test(reference.group) && alwaysCurrent.test(reference.kind);
}

export function healthOf(object: Manifest): Health {
  if (object.metadata['deletionTimestamp'] !== undefined) return progressing('is being deleted');
  const status = (object['status'] ?? {}) as JsonObject;
  const generation = object.metadata['generation'] as number | undefined;
  const observed = status['observedGeneration'] as number | undefined;
  if (generation !== undefined && observed !== undefined && observed < generation) {
    return progressing('its controller has not seen the newest version');
  }
  const group = object.apiVersion.includes('/') ? object.apiVersion.slice(0, object.apiVersion.indexOf('/')) : '';
  const rule = builtInGroup.test(group) ? rules[object.kind] : undefined;
  return rule ? rule(object, status) : byConditions(object, status);
}

const rules: Readonly<Record<string, (object: Manifest, status: JsonObject) => Health>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  ReplicaSet: replicaSet,
  Job: job,
  Pod: pod,
  PersistentVolumeClaim: (_object, status) => phase(status, 'Bound'),
  Namespace: (_object, status) => phase(status, 'Active'),
  Service: service,
  CustomResourceDefinition: (_object, status) => customResourceDefinition(status),
  APIService: (_object, status) => required(status, 'Available'),
};

function deployment(object: Manifest, status: JsonObject): Health {
  if (status['observedGeneration'] === undefined) return progressing('its controller has not seen it');
  const late = conditionOf(status, 'Progressing');
  if (late?.reason === 'ProgressDeadlineExceeded') return failed(late.message ?? 'it makes no progress');
  const replicas = wanted(object);
  if (count(status, 'updatedReplicas') < replicas)
    return progressing(`${count(status, 'updatedReplicas')} of ${replicas} replicas updated`);
  if (count(status, 'replicas') > count(status, 'updatedReplicas')) return progressing('old replicas are still there');
  const available = enough(count(status, 'availableReplicas'), replicas, 'available');
  return available.state === 'current' ? noMore(status, replicas) : available;
}

function statefulSet(object: Manifest, status: JsonObject): Health {
  if (status['observedGeneration'] === undefined) return progressing('its controller has not seen it');
  // Somebody deletes its Pods by hand, at a time of their own choice.
  if (isOnDelete(object)) return current;
  const replicas = wanted(object);
  const ready = enough(count(status, 'readyReplicas'), replicas, 'ready');
  if (ready.state !== 'current') return ready;
  const extra = noMore(status, replicas);
  if (extra.state !== 'current') return extra;
  // Replicas below the partition keep the revision that they have. The server sets the partition to 0 if nobody does.
  const partition = objectIn(updateStrategyOf(object), 'rollingUpdate')?.['partition'];
  if (typeof partition === 'number')
    return enough(count(status, 'updatedReplicas'), Math.max(0, replicas - partition), 'updated');
  const isRolling = status['updateRevision'] !== undefined && status['currentRevision'] !== status['updateRevision'];
  return isRolling ? progressing('old replicas are still there') : current;
}

function daemonSet(object: Manifest, status: JsonObject): Health {
  if (status['observedGeneration'] === undefined) return progressing('its controller has not seen it');
  const wantedPods = count(status, 'desiredNumberScheduled');
  const updated = isOnDelete(object) ? wantedPods : count(status, 'updatedNumberScheduled');
  if (updated < wantedPods) return enough(updated, wantedPods, 'updated');
  return enough(Math.min(count(status, 'numberAvailable'), count(status, 'numberReady')), wantedPods, 'available');
}

function replicaSet(object: Manifest, status: JsonObject): Health {
  const failure = conditionOf(status, 'ReplicaFailure');
  if (failure?.status === 'True') return progressing(failure.message || 'it cannot make replicas');
  const replicas = wanted(object);
  const available = enough(count(status, 'availableReplicas'), replicas, 'available');
  return available.state === 'current' ? noMore(status, replicas) : available;
}

function job(object: Manifest, status: JsonObject): Health {
  const failure = conditionOf(status, 'Failed');
  if (failure?.status === 'True') return failed(failure.message || failure.reason || 'it failed');
  if (conditionOf(status, 'Complete')?.status === 'True') return current;
  if ((object['spec'] as JsonObject | undefined)?.['suspend'] === true) return current;
  return progressing(status['startTime'] === undefined ? 'it has not started' : 'it runs');
}

function pod(_object: Manifest, status: JsonObject): Health {
  if (status['phase'] === 'Succeeded' || conditionOf(status, 'Ready')?.status === 'True') return current;
  const reason = podTrouble(status) ?? 'it is not ready';
  return status['phase'] === 'Failed' ? failed(reason) : progressing(reason);
}

function service(object: Manifest, status: JsonObject): Health {
  if ((object['spec'] as JsonObject | undefined)?.['type'] !== 'LoadBalancer') return current;
  const ingress = (status['loadBalancer'] as JsonObject | undefined)?.['ingress'] as readonly unknown[] | undefined;
  return ingress && ingress.length > 0 ? current : progressing('it has no address from a load balancer');
}

function customResourceDefinition(status: JsonObject): Health {
  const names = conditionOf(status, 'NamesAccepted');
  if (names?.status === 'False') return failed(names.message || 'its names are not accepted');
  return required(status, 'Established');
}

/** Conditions that custom resources agree on: Stalled and Reconciling, Ready and Available. */
function byConditions({ metadata }: Manifest, status: JsonObject): Health {
  const stalled = conditionOf(status, 'Stalled');
  if (stalled?.status === 'True') return failed(stalled.message || stalled.reason || 'it is stalled');
  const reconciling = conditionOf(status, 'Reconciling');
  if (reconciling?.status === 'True')
    return progressing(reconciling.message || reconciling.reason || 'it is reconciled');
  const ready = conditionOf(status, 'Ready') ?? conditionOf(status, 'Available');
  const generation = metadata['generation'];
  if (
    ready?.observedGeneration !== undefined &&
    typeof generation === 'number' &&
    ready.observedGeneration < generation
  )
    return progressing('its controller has not seen the newest version');
  if (!ready || ready.status === 'True') return current;
  return progressing(ready.message || ready.reason || 'it is not ready');
}

function required(status: JsonObject, type: string): Health {
  const condition = conditionOf(status, type);
  return condition?.status === 'True' ? current : progressing(condition?.message || `it is not ${type}`);
}

function phase(status: JsonObject, wantedPhase: string): Health {
  if (status['phase'] === wantedPhase) return current;
  return status['phase'] === 'Lost'
    ? failed('it is lost')
    : progressing(`its phase is ${status['phase'] ?? 'not set'}`);
}

function wanted(object: Manifest): number {
  const replicas = (object['spec'] as JsonObject | undefined)?.['replicas'];
  return typeof replicas === 'number' ? replicas : 1;
}

function count(status: JsonObject, field: string): number {
  const value = status[field];
  return typeof value === 'number' ? value : 0;
}

function updateStrategyOf(object: Manifest): JsonObject | undefined {
  return objectIn(object['spec'] as JsonObject | undefined, 'updateStrategy');
}

function isOnDelete(object: Manifest): boolean {
  return updateStrategyOf(object)?.['type'] === 'OnDelete';
}

function objectIn(object: JsonObject | undefined, field: string): JsonObject | undefined {
  return object?.[field] as JsonObject | undefined;
}

/** After a scale-down: the ones too many are still ending. */
function noMore(status: JsonObject, want: number): Health {
  const extra = count(status, 'replicas') - want;
  return extra > 0 ? progressing(`${extra} replicas too many are still there`) : current;
}

function enough(have: number, want: number, word: string): Health {
  return have >= want ? current : progressing(`${have} of ${want} replicas ${word}`);
}

function progressing(reason: string): Health {
  return { state: 'progressing', reason };
}

function failed(reason: string): Health {
  return { state: 'failed', reason };
}
