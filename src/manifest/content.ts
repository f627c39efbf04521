/** What an object is apart from its name and its place: the same for one that was renamed. */
import type { DesiredObject } from './desired-set.ts';
import { digestOf } from './json.ts';
import type { JsonObject, Manifest } from './manifest.ts';

/** Without apiVersion, kind, name and namespace. */
export function contentOf(manifest: Manifest): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...fields } = manifest;
  const { name: _name, namespace: _namespace, ...rest } = metadata;
  return Object.keys(rest).length > 0 ? { ...fields, metadata: rest } : fields;
}

/** The digests by which an applied object is recognised: with its name, and without. */
export function digestsOf({ digest, manifest }: DesiredObject): { readonly digest: string; readonly content: string } {
  return { digest, content: digestOf(contentOf(manifest)) };
}
