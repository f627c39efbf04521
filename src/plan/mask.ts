/** Secret values never leave the plan readable: not in a difference, and not in a message of the server. */
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import type { Difference } from './plan.ts';
import { saltedDigest } from './salted.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** All that of a Secret may be read. What stands elsewhere may be a value under a name that is mistyped, such as `stringdata`. */
const openFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

export function isSecret(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return manifest.kind === 'Secret' && manifest.apiVersion === 'v1';
}

/** The difference with its values hidden, where they are a Secret's; with `salt`, it tells whether they are the same as others. */
export function maskDifference(
  manifest: Pick<Manifest, 'apiVersion' | 'kind'>,
  difference: Difference,
  salt?: string,
): Difference {
  const { path, before, after } = difference;
  if (!isSecret(manifest) || !isSecretPath(path)) return difference;
  const digests = salt === undefined ? {} : { digests: digestsOf(difference, salt) };
  return {
    path,
    ...(before === undefined ? {} : { before: '*** (before)' }),
    ...(after === undefined ? {} : { after: '*** (after)' }),
    ...digests,
  };
}

function isSecretPath(path: string): boolean {
  if (path.startsWith(`metadata.annotations["${lastApplied}"]`)) return true;
  return !openFields.has(/^[^.[]*/.exec(path)?.[0] ?? '');
}

function secretFields(manifest: Manifest): [string, JsonValue][] {
  return Object.entries(manifest).flatMap(([field, value]): [string, JsonValue][] =>
    openFields.has(field) || value === undefined ? [] : [[field, value]],
  );
}

function digestsOf({ path, before, after }: Difference, salt: string): Difference['digests'] & object {
  return {
    ...(before === undefined ? {} : { before: saltedDigest(salt, [path, before]) }),
    ...(after === undefined ? {} : { after: saltedDigest(salt, [path, after]) }),
  };
}

/** The manifest with `replace` done to each value that it has as a Secret; `path` names the value within the manifest. */
export function replaceSecrets(
  manifest: Manifest,
  replace: (path: string, value: JsonValue | undefined) => JsonValue | undefined,
): Manifest {
  if (!isSecret(manifest)) return manifest;
  const replaced = secretFields(manifest).map(([field, value]) => [
    field,
    isObject(value) ? replaceValues(field, value, replace) : replace(field, value),
  ]);
  const { annotations = {} } = manifest.metadata;
  const applied = annotations[lastApplied];
  const metadata =
    applied === undefined
      ? manifest.metadata
      : { ...manifest.metadata, annotations: { ...annotations, [lastApplied]: replace(lastApplied, applied) } };
  return { ...manifest, metadata, ...Object.fromEntries(replaced) } as Manifest;
}

function replaceValues(
  field: string,
  values: JsonObject,
  replace: (path: string, value: JsonValue | undefined) => JsonValue | undefined,
): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, replace(`${field}/${key}`, value)]));
}

/** A message about a manifest, without the values that it has as a Secret: the server may quote what it refuses. */
export function maskMessage(manifest: Manifest | undefined, message: string): string {
  if (!manifest || !isSecret(manifest)) return message;
  const values = secretFields(manifest)
    .flatMap(([, value]) => textsIn(value))
    .flatMap((value) => [value, Buffer.from(value, 'base64').toString()])
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), ...value.split('\n')])
    .filter((value) => value.length >= 3);
  // The longest first: a value may be a part of another one.
  const longestFirst = [...new Set(values)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, value) => text.replaceAll(value, '***'), message);
}

function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
