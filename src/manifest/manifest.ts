/** What a Kubernetes object is to Vidra: plain JSON, and a reference that does not depend on its version. */

import type { Origin } from '../errors.ts';

/** JSON as Kubernetes means it: integers beyond 2^53 are `bigint`, so that no digit is lost. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: JsonValue | undefined;
}

export interface Metadata extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly annotations?: { readonly [name: string]: string };
}

/** One Kubernetes object as written. `metadata.namespace` may still be missing (see desired-set.ts). */
export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export type { Origin } from '../errors.ts';

export interface LocatedManifest {
  readonly manifest: Manifest;
  readonly origin: Origin;
}

/** Names one object of a cluster. `namespace` is empty for cluster-wide kinds. */
export interface ObjectReference {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Identity: group, kind, namespace and name; never the version, so that `policy/v1beta1` to `policy/v1` is an update. */
export function keyOf(reference: Omit<ObjectReference, 'version'>): string {
  return `${reference.group}/${reference.kind}/${reference.namespace}/${reference.name}`;
}

/** The reference of a manifest whose namespace is final. */
export function referenceOf(manifest: Manifest): ObjectReference {
  const { group, version } = groupVersion(manifest.apiVersion);
  return {
    group,
    version,
    kind: manifest.kind,
    namespace: manifest.metadata.namespace ?? '',
    name: manifest.metadata.name,
  };
}

/** `apps/v1` and `v1` in their two parts; the core group is the empty string. */
export function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `apps/v1` again, from its parts. */
export function apiVersionOf(reference: { group: string; version: string }): string {
  return reference.group ? `${reference.group}/${reference.version}` : reference.version;
}

/** For people: `Deployment shop/web`, `Namespace shop`. */
export function describe(reference: Pick<ObjectReference, 'kind' | 'namespace' | 'name'>): string {
  return `${reference.kind} ${reference.namespace ? `${reference.namespace}/` : ''}${reference.name}`;
}

/** For people: `sync.yaml, artifact Webserver_Manifest, document 2, line 14, column 3`. */
export function describeOrigin(origin: Origin): string {
  const artifact = origin.artifact ? `, artifact ${origin.artifact}` : '';
  return `${origin.source}${artifact}, document ${origin.document}, line ${origin.line}, column ${origin.column}`;
}
