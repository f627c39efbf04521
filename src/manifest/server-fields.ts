/** Takes out what only the server may write: status, and the server's own metadata. */

import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import type { Finding } from './shape.ts';

const serverMetadata = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** The manifest without these fields, and one warning that names those that held something. */
export function withoutServerFields(manifest: Manifest): { manifest: Manifest; warnings: readonly Finding[] } {
  const { status, ...rest } = manifest;
  const metadata = omit(manifest.metadata, serverMetadata);
  if (status === undefined && metadata === manifest.metadata) return { manifest, warnings: [] };
  const said = serverMetadata.filter((field) => saysSomething(manifest.metadata[field]));
  const paths = [...(saysSomething(status) ? [['status']] : []), ...said.map((field) => ['metadata', field])];
  const cleaned = { ...rest, metadata } as Manifest;
  const [path] = paths;
  if (!path) return { manifest: cleaned, warnings: [] };
  const names = paths.map((each) => each.join('.')).join(', ');
  const message = `${names} ${paths.length > 1 ? 'are' : 'is'} left out: only the server writes this`;
  return { manifest: cleaned, warnings: [{ path, message }] };
}

function omit<T extends JsonObject>(object: T, fields: readonly string[]): T {
  if (!fields.some((field) => field in object)) return object;
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field))) as T;
}

/** Generators write `creationTimestamp: null`, `status: {loadBalancer: {}}` and the like, which nobody means. */
function saysSomething(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.values(value).some(saysSomething);
}
