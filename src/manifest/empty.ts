/** Mappings that the server does not store when they are empty: sent, they are owned by whoever sent them last. */
import { isCore } from './built-in.ts';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import { isObject } from './shape.ts';

/** The manifest without labels, annotations and data that hold nothing. It means the same. */
export function withoutEmpty(manifest: Manifest): Manifest {
  const metadata = withoutEmptyFields(manifest.metadata, ['labels', 'annotations']) as Manifest['metadata'];
  const changed = metadata === manifest.metadata ? manifest : { ...manifest, metadata };
  if (isCore(manifest, 'ConfigMap')) return withoutEmptyFields(changed, ['data', 'binaryData']) as Manifest;
  return isCore(manifest, 'Secret') ? (withoutEmptyFields(changed, ['data', 'stringData']) as Manifest) : changed;
}

function withoutEmptyFields(object: JsonObject, fields: readonly string[]): JsonObject {
  const empty = fields.filter((field) => isEmptyObject(object[field]));
  if (empty.length === 0) return object;
  return Object.fromEntries(Object.entries(object).filter(([field]) => !empty.includes(field)));
}

function isEmptyObject(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
