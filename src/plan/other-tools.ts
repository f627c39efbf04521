/** Whose a live object is that no owner of Vidra has: told by the marks that other tools leave. */
import type { ObjectMetadata } from '../cluster/metadata.ts';

/** By which label or annotation a tool knows its objects, and what the value names. */
const marks = [
  { tool: 'Argo CD', on: 'annotations', name: 'argocd.argoproj.io/tracking-id', of: 'application' },
  { tool: 'Flux', on: 'labels', name: 'kustomize.toolkit.fluxcd.io/name', of: 'Kustomization' },
  { tool: 'Flux', on: 'labels', name: 'helm.toolkit.fluxcd.io/name', of: 'HelmRelease' },
  { tool: 'kapp', on: 'labels', name: 'kapp.k14s.io/app', of: 'app' },
  { tool: 'kubectl', on: 'labels', name: 'applyset.kubernetes.io/part-of', of: 'ApplySet' },
  { tool: 'cli-utils', on: 'annotations', name: 'config.k8s.io/owning-inventory', of: 'inventory' },
] as const;

/** Names a tool or controller that manages the object, for people: `Helm (release web)`; nothing when none is known. */
export function otherTool(live: ObjectMetadata): string | undefined {
  const { labels, annotations, controller } = live;
  for (const { tool, on, name, of } of marks) {
    const value = live[on][name];
    // Argo CD goes on with the object itself, after a colon.
    if (value !== undefined) return `${tool} (${of} ${value.replace(/:.*/, '')})`;
  }
  // Both: charts write the label into templates that people apply by themselves, too.
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined && labels['app.kubernetes.io/managed-by'] === 'Helm') return `Helm (release ${release})`;
  return controller && `${controller.kind} ${controller.name}`;
}

/** Why an object that may not be adopted is left alone, as a clause. */
export function describeRefusal(live: ObjectMetadata): string {
  const tool = otherTool(live);
  if (tool !== undefined) return `exists, and is managed by ${tool}`;
  const writers = [...new Set(live.managers.filter(({ subresource }) => !subresource).map(({ manager }) => manager))];
  if (writers.length === 0) return 'exists, and is not managed by Vidra';
  const named = writers.slice(0, 3).map((writer) => `"${writer}"`);
  return `exists, and is not managed by Vidra, but written by ${named.join(', ')}`;
}
