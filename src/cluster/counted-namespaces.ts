/** Namespaces in which Secrets and ConfigMaps count that are found by a label, the first before the others. Pure. */
import type { Selection } from './cluster.ts';

/** In a list of namespaces: all of them. */
export const everyNamespace = '*';

export function isCounted(namespace: string, namespaces: readonly string[]): boolean {
  return namespaces.includes(namespace) || namespaces.includes(everyNamespace);
}

/** A smaller one counts before a larger one. */
export function rankOf(namespace: string, namespaces: readonly string[]): number {
  return namespaces.includes(namespace) ? namespaces.indexOf(namespace) : namespaces.length;
}

/** One for each place to watch, with what is to be selected there: the first that is allowed. */
export function placesToWatch(namespaces: readonly string[], labelSelector: string): Selection[][] {
  const single = namespaces
    .filter((name) => name !== everyNamespace)
    .map((namespace): Selection => ({ labelSelector, namespace }));
  if (!namespaces.includes(everyNamespace)) return single.map((selection) => [selection]);
  return [[{ labelSelector }, ...single.slice(0, 1)]];
}
