/** When workloads are healthy: what runs Pods, and Pods themselves. */
import { conditionOf } from './condition.ts';
import { current, failed, type Health, progressing } from './health-state.ts';
import type { JsonObject, Manifest } from './manifest.ts';
import { podTrouble } from './pod.ts';

type Rule = (status: JsonObject, object: Manifest) => Health;

/** By group and kind. */
export const workloadRules: Readonly<Record<string, Rule>> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': replicaSet,
  '/ReplicationController': replicaSet,
  'batch/Job': job,
  '/Pod': pod,
};

const unseen = progressing('its controller has not seen it');

function deployment(status: JsonObject, object: Manifest): Health {
  if (status['observedGeneration'] === undefined) return unseen;
  const late = conditionOf(status, 'Progressing');
  if (late?.reason === 'ProgressDeadlineExceeded') return failed(late.message ?? 'it makes no progress');
  const failure = replicaFailure(status);
  if (failure) return failure;
  const replicas = wanted(object);
  if (count(status, 'updatedReplicas') < replicas)
    return progressing(`${count(status, 'updatedReplicas')} of ${replicas} replicas updated`);
  if (count(status, 'replicas') > count(status, 'updatedReplicas')) return progressing('old replicas are still there');
  const available = enough(count(status, 'availableReplicas'), replicas, 'available');
  return available.state === 'current' ? noMore(status, replicas) : available;
}

function statefulSet(status: JsonObject, object: Manifest): Health {
  if (status['observedGeneration'] === undefined) return unseen;
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

function daemonSet(status: JsonObject, object: Manifest): Health {
  if (status['observedGeneration'] === undefined) return unseen;
  const wantedPods = count(status, 'desiredNumberScheduled');
  const updated = isOnDelete(object) ? wantedPods : count(status, 'updatedNumberScheduled');
  if (updated < wantedPods) return enough(updated, wantedPods, 'updated');
  return enough(Math.min(count(status, 'numberAvailable'), count(status, 'numberReady')), wantedPods, 'available');
}

function replicaSet(status: JsonObject, object: Manifest): Health {
  const replicas = wanted(object);
  const available = enough(count(status, 'availableReplicas'), replicas, 'available');
  return replicaFailure(status) ?? (available.state === 'current' ? noMore(status, replicas) : available);
}

/** Quota, admission or limits refuse its Pods. */
function replicaFailure(status: JsonObject): Health | undefined {
  const failure = conditionOf(status, 'ReplicaFailure');
  return failure?.status === 'True' ? progressing(failure.message || 'it cannot make replicas') : undefined;
}

// Unlike for kstatus, a Job that runs is not done yet.
function job(status: JsonObject, object: Manifest): Health {
  const failure = conditionOf(status, 'Failed');
  if (failure?.status === 'True') return failed(failure.message || failure.reason || 'it failed');
  if (conditionOf(status, 'Complete')?.status === 'True') return current;
  if (objectIn(object, 'spec')?.['suspend'] === true) return current;
  return progressing(status['startTime'] === undefined ? 'it has not started' : 'it runs');
}

// Unlike for kstatus, a Pod that crashes or finds no node has not failed: what it waits for may come.
function pod(status: JsonObject): Health {
  if (status['phase'] === 'Succeeded' || conditionOf(status, 'Ready')?.status === 'True') return current;
  const reason = podTrouble(status) ?? 'it is not ready';
  return status['phase'] === 'Failed' ? failed(reason) : progressing(reason);
}

function wanted(object: Manifest): number {
  const replicas = objectIn(object, 'spec')?.['replicas'];
  return typeof replicas === 'number' ? replicas : 1;
}

function count(status: JsonObject, field: string): number {
  const value = status[field];
  return typeof value === 'number' ? value : 0;
}

function updateStrategyOf(object: Manifest): JsonObject | undefined {
  return objectIn(objectIn(object, 'spec'), 'updateStrategy');
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
