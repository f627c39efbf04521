/** What an object that is being deleted still waits for. */
import { conditionsOf } from './condition.ts';
import type { JsonObject, Manifest } from './manifest.ts';

/** For people. */
export function removalReason(object: Manifest): string {
  const { finalizers = [] } = object.metadata as { finalizers?: readonly string[] };
  if (object.kind === 'Namespace' && object.apiVersion === 'v1') return namespaceReason(object, finalizers);
  if (finalizers.length > 0) return `waits for ${finalizers.map(finalizerText).join(', ')}`;
  return object.kind === 'Pod' && object.apiVersion === 'v1' ? 'waits for its containers to end' : 'is about to go';
}

/** The controller of namespaces says in conditions what is left in one, and what it cannot delete. */
function namespaceReason(object: Manifest, finalizers: readonly string[]): string {
  const conditions = conditionsOf((object['status'] ?? {}) as JsonObject);
  const said = conditions.filter(
    ({ type, status, message }) => type?.startsWith('Namespace') && status === 'True' && message,
  );
  if (said.length > 0) return said.map(({ message }) => message).join(' ');
  return finalizers.length > 0 ? `waits for ${finalizers.join(', ')}` : 'waits for its contents';
}

function finalizerText(finalizer: string): string {
  return finalizer === 'foregroundDeletion' ? 'what it owns (foregroundDeletion)' : finalizer;
}
