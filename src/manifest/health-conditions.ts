/** When objects are healthy whose status says so in conditions or in a phase. */
import { type Condition, conditionOf, conditionsOf } from './condition.ts';
import { current, failed, type Health, progressing } from './health-state.ts';
import type { JsonObject, Manifest } from './manifest.ts';

type Rule = (status: JsonObject, object: Manifest) => Health;

/** By group and kind. */
export const conditionRules: Readonly<Record<string, Rule>> = {
  '/Namespace': (status) => phase(status, 'Active'),
  '/PersistentVolumeClaim': (status) => phase(status, 'Bound'),
  '/PersistentVolume': persistentVolume,
  '/Service': service,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
  'apiregistration.k8s.io/APIService': (status) => required(status, 'Available'),
  'autoscaling/HorizontalPodAutoscaler': horizontalPodAutoscaler,
  'certificates.k8s.io/CertificateSigningRequest': (status) => unlessTrue(status, ['Denied', 'Failed'], failed),
  'flowcontrol.apiserver.k8s.io/FlowSchema': (status) => unlessTrue(status, ['Dangling'], progressing),
  'policy/PodDisruptionBudget': podDisruptionBudget,
};

/** Conditions that custom resources agree on: Stalled and Reconciling, Ready and Available. */
export function byConditions(status: JsonObject, object: Manifest): Health {
  const [stalled, reconciling] = [conditionOf(status, 'Stalled'), conditionOf(status, 'Reconciling')];
  const ready = conditionOf(status, 'Ready') ?? conditionOf(status, 'Available');
  if ([stalled, reconciling, ready].some((condition) => isOld(condition, object))) return behind;
  if (stalled?.status === 'True') return failed(textOf(stalled) ?? 'it is stalled');
  if (reconciling?.status === 'True') return progressing(textOf(reconciling) ?? 'it is reconciled');
  return !ready || ready.status === 'True' ? current : progressing(textOf(ready) ?? 'it is not ready');
}

/** The controller has reported on an older version only. */
export const behind = progressing('its controller has not seen the newest version');

function isOld(condition: Condition | undefined, { metadata }: Manifest): boolean {
  const { generation } = metadata;
  return typeof generation === 'number' && (condition?.observedGeneration ?? generation) < generation;
}

function persistentVolume(status: JsonObject): Health {
  if (status['phase'] === 'Failed') return failed(String(status['message'] || 'its reclamation failed'));
  return status['phase'] === 'Pending' ? phase(status, 'Available') : current;
}

function service(status: JsonObject, object: Manifest): Health {
  const spec = (object['spec'] ?? {}) as { type?: string; externalIPs?: readonly string[] };
  if (spec.type !== 'LoadBalancer' || (spec.externalIPs ?? []).length > 0) return current;
  const ingress = (status['loadBalancer'] as JsonObject | undefined)?.['ingress'] as readonly unknown[] | undefined;
  return ingress && ingress.length > 0 ? current : progressing('it has no address from a load balancer');
}

function customResourceDefinition(status: JsonObject): Health {
  const names = conditionOf(status, 'NamesAccepted');
  if (names?.status === 'False') return failed(names.message || 'its names are not accepted');
  return required(status, 'Established');
}

/** Without metrics it does not scale, which is no reason to wait; without something to scale it does nothing. */
function horizontalPodAutoscaler(status: JsonObject): Health {
  const wrong = conditionsOf(status).find(
    (condition) =>
      condition.status === 'False' &&
      /^(FailedGetScale|FailedUpdateScale|InvalidSelector)$/.test(condition.reason ?? ''),
  );
  return wrong ? progressing(textOf(wrong) ?? 'it cannot scale') : current;
}

/** Whether Pods may be disrupted at the moment says nothing of the budget. */
function podDisruptionBudget(status: JsonObject): Health {
  const allowed = conditionOf(status, 'DisruptionAllowed');
  return allowed?.reason === 'SyncFailed' ? progressing(textOf(allowed) ?? 'it cannot be computed') : current;
}

function unlessTrue(status: JsonObject, types: readonly string[], otherwise: (reason: string) => Health): Health {
  const wrong = conditionsOf(status).find(({ type = '', status }) => types.includes(type) && status === 'True');
  return wrong ? otherwise(textOf(wrong) ?? `it is ${wrong.type}`) : current;
}

function required(status: JsonObject, type: string): Health {
  const condition = conditionOf(status, type);
  return condition?.status === 'True' ? current : progressing(condition?.message || `it is not ${type}`);
}

function phase(status: JsonObject, wanted: string): Health {
  if (status['phase'] === wanted) return current;
  return status['phase'] === 'Lost'
    ? failed('it is lost')
    : progressing(`its phase is ${status['phase'] ?? 'not set'}`);
}

function textOf({ message, reason }: Condition): string | undefined {
  return message || reason || undefined;
}
