/** The desired set of one owner: namespaces filled in, duplicates refused, every object with its digest. */

import { VidraError } from '../errors.ts';
import { definedScopes, type Scope } from './defined-kinds.ts';
import { digestOf } from './json.ts';
import {
  describe,
  describeOrigin,
  groupVersion,
  keyOf,
  type LocatedManifest,
  type Manifest,
  type ObjectReference,
  type Origin,
  referenceOf,
} from './manifest.ts';

/** `digest` is digestOf(manifest): the same digest means the same object, however it is written. */
export interface DesiredObject {
  readonly reference: ObjectReference;
  readonly manifest: Manifest;
  readonly origin: Origin;
  readonly digest: string;
}

export interface DesiredSet {
  readonly objects: readonly DesiredObject[];
  readonly problems: readonly VidraError[];
}

export type { Scope } from './defined-kinds.ts';

export interface DesiredSetOptions {
  /** For namespaced objects that name none. */
  readonly namespace: string;
  /** What the cluster says about a kind; nothing when it does not know the kind. */
  readonly scopeOf: (kind: { group: string; version: string; kind: string }) => Scope | undefined;
}

/** Keeps the order of the manifests. Of objects that are written twice none is kept; MANIFEST_DUPLICATE names both places. */
export function buildDesiredSet(manifests: readonly LocatedManifest[], options: DesiredSetOptions): DesiredSet {
  const defined = definedScopes(manifests);
  const byKey = new Map<string, DesiredObject[]>();
  for (const located of manifests) {
    const object = toDesired(located, options, defined);
    const key = keyOf(object.reference);
    const same = byKey.get(key);
    if (same) same.push(object);
    else byKey.set(key, [object]);
  }
  const objects: DesiredObject[] = [];
  const problems: VidraError[] = [];
  for (const [first, ...others] of byKey.values()) {
    if (first && others.length === 0) objects.push(first);
    else for (const other of others) problems.push(duplicate(first as DesiredObject, other));
  }
  return { objects, problems };
}

function toDesired(
  { manifest: written, origin }: LocatedManifest,
  { namespace, scopeOf }: DesiredSetOptions,
  defined: ReadonlyMap<string, Scope>,
): DesiredObject {
  const { group, version } = groupVersion(written.apiVersion);
  const scope = scopeOf({ group, version, kind: written.kind }) ?? defined.get(`${group}/${written.kind}`);
  const manifest = scope === 'Cluster' ? withoutNamespace(written) : withNamespace(written, namespace);
  return { reference: referenceOf(manifest), manifest, origin, digest: digestOf(manifest) };
}

function withNamespace(manifest: Manifest, namespace: string): Manifest {
  if (manifest.metadata.namespace) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

function withoutNamespace(manifest: Manifest): Manifest {
  if (manifest.metadata.namespace === undefined) return manifest;
  const { namespace: _, ...metadata } = manifest.metadata;
  return { ...manifest, metadata: metadata as Manifest['metadata'] };
}

function duplicate(first: DesiredObject, other: DesiredObject): VidraError {
  const message = `${describe(other.reference)} is written already in ${describeOrigin(first.origin)}`;
  return new VidraError('MANIFEST_DUPLICATE', message, {
    subject: describeOrigin(other.origin),
    origin: other.origin,
  });
}
