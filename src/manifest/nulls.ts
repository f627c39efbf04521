/** Takes out empty fields (`field:` with nothing after it), which server-side apply would own as values. */

import { isBuiltIn, isCore } from './built-in.ts';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import { isObject } from './shape.ts';

/**
 * The manifest without null fields. Elements of lists stay, since the others would move. In custom resources a null may mean
 * something (Helm values): there just metadata loses them, and `creationTimestamp` at any depth.
 */
export function withoutNulls(manifest: Manifest): Manifest {
  const texts = withEmptyTexts(manifest);
  if (isBuiltIn(manifest)) return without(texts, () => true) as Manifest;
  const metadata = without(texts.metadata, () => true) as Manifest['metadata'];
  const rest = without(texts, (key) => key === 'creationTimestamp') as Manifest;
  return metadata === rest.metadata ? rest : { ...rest, metadata };
}

/** `KEY:` in a ConfigMap is a key without text, as the server reads it. */
function withEmptyTexts(manifest: Manifest): Manifest {
  if (isCore(manifest, 'ConfigMap')) return withTexts(manifest, 'data');
  return isCore(manifest, 'Secret') ? withTexts(withTexts(manifest, 'data'), 'stringData') : manifest;
}

function withTexts(manifest: Manifest, field: string): Manifest {
  const texts = manifest[field];
  if (!isObject(texts) || !Object.values(texts).includes(null)) return manifest;
  return { ...manifest, [field]: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text ?? ''])) };
}

/** The same value, not a copy, where there is nothing to take out. */
function without(value: JsonValue, drops: (key: string) => boolean): JsonValue {
  return holdsAny(value, drops) ? copyWithout(value, drops) : value;
}

function holdsAny(value: JsonValue, drops: (key: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item: JsonValue) => holdsAny(item, drops));
  const fields = value as JsonObject;
  return Object.keys(fields).some((key) => {
    const field = fields[key];
    return field === undefined || (field === null ? drops(key) : holdsAny(field, drops));
  });
}

function copyWithout(value: JsonValue, drops: (key: string) => boolean): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => copyWithout(item, drops));
  const kept: [string, JsonValue][] = [];
  for (const [key, field] of Object.entries(value as JsonObject)) {
    if (field !== undefined && (field !== null || !drops(key))) kept.push([key, copyWithout(field, drops)]);
  }
  return Object.fromEntries(kept) as JsonObject;
}
