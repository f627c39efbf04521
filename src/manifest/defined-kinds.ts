/** The kinds that the CustomResourceDefinitions among some manifests define. */

import type { LocatedManifest } from './manifest.ts';
import { isObject } from './shape.ts';

export type Scope = 'Namespaced' | 'Cluster';

/** Scopes by `group/kind`. */
export function definedScopes(manifests: readonly LocatedManifest[]): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const { manifest } of manifests) {
    const { kind, spec } = manifest;
    if (kind !== 'CustomResourceDefinition' || !isObject(spec) || !isObject(spec['names'])) continue;
    scopes.set(`${spec['group']}/${spec['names']['kind']}`, spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced');
  }
  return scopes;
}

/** The versions that are served, as `group/version/kind`. */
export function definedVersions(manifests: readonly LocatedManifest[]): ReadonlySet<string> {
  const served = new Set<string>();
  for (const { manifest } of manifests) {
    const { kind, spec } = manifest;
    if (kind !== 'CustomResourceDefinition' || !isObject(spec) || !isObject(spec['names'])) continue;
    const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : [];
    for (const { name, served: isServed } of versions)
      if (isServed === true) served.add(`${spec['group']}/${name}/${spec['names']['kind']}`);
  }
  return served;
}
