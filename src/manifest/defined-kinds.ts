/** The kinds that the CustomResourceDefinitions among some manifests define. */

import type { JsonObject, LocatedManifest, Manifest } from './manifest.ts';
import { isObject } from './shape.ts';

export type Scope = 'Namespaced' | 'Cluster';

/** Scopes by `group/kind`. */
export function definedScopes(manifests: readonly LocatedManifest[]): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const { manifest } of manifests) {
    const { spec, names } = definitionIn(manifest) ?? {};
    if (!spec) continue;
    scopes.set(`${spec['group']}/${names?.['kind']}`, spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced');
  }
  return scopes;
}

/** The versions that are served, as `group/version/kind`. */
export function definedVersions(manifests: readonly LocatedManifest[]): ReadonlySet<string> {
  return new Set(manifests.flatMap(({ manifest }) => [...servedVersions(manifest)].map(([version]) => version)));
}

/** The schemas of the versions that a CustomResourceDefinition serves, by `group/version/kind`; none for other manifests. */
export function definedSchemas(manifest: Manifest): ReadonlyMap<string, JsonObject> {
  const schemas = new Map<string, JsonObject>();
  for (const [key, { schema }] of servedVersions(manifest)) {
    const openApi = isObject(schema) ? schema['openAPIV3Schema'] : undefined;
    if (isObject(openApi)) schemas.set(key, openApi);
  }
  return schemas;
}

function servedVersions(manifest: Manifest): Map<string, JsonObject> {
  const { spec, names } = definitionIn(manifest) ?? {};
  const versions = Array.isArray(spec?.['versions']) ? spec['versions'].filter(isObject) : [];
  const served = versions.filter((version) => version['served'] === true);
  return new Map(served.map((version) => [`${spec?.['group']}/${version['name']}/${names?.['kind']}`, version]));
}

function definitionIn({ kind, spec }: Manifest): { spec: JsonObject; names: JsonObject } | undefined {
  if (kind !== 'CustomResourceDefinition' || !isObject(spec) || !isObject(spec['names'])) return undefined;
  return { spec, names: spec['names'] };
}
