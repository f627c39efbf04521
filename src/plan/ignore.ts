/** Fields that a definition never sends: out of what is wanted, and out of what its owner holds already. */
import type { IgnoreRule } from '../definition/policy.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { fitsPattern, placesFitting, withoutPlaces } from '../manifest/field-path.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf, union } from '../manifest/field-set.ts';
import { partAt } from '../manifest/field-set-place.ts';
import { digestOf } from '../manifest/json.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';
import { markFields, type Owner } from '../manifest/owner.ts';

/** The object as it is sent, with the digest of that. What names an object is never left out. */
export function withoutIgnored(desired: DesiredObject, rules: readonly IgnoreRule[]): DesiredObject {
  const { manifest, reference } = desired;
  const places = ignoredPaths(reference, rules).flatMap((path) => placesFitting(manifest, path));
  if (places.length === 0) return desired;
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace } = metadata;
  const left = withoutPlaces(manifest, places);
  const sent = {
    ...left,
    apiVersion,
    kind,
    metadata: { ...left.metadata, name, ...(namespace !== undefined && { namespace }) },
  };
  return { ...desired, manifest: sent, digest: digestOf(sent) };
}

/** Fields of the owner's entry in managedFields that are ignored: not sent any more, they would lose their values. */
export function heldIgnored(
  owner: Owner,
  live: Manifest,
  reference: ObjectReference,
  rules: readonly IgnoreRule[],
): FieldSet | undefined {
  const entry = managedFieldsOf(live).find((each) => each.manager === owner.manager && each.operation === 'Apply');
  const places = ignoredPaths(reference, rules).flatMap((path) => placesFitting(live, path));
  const parts = places.flatMap((place) => partAt(entry?.fieldsV1 ?? {}, live, place) ?? []);
  if (parts.length === 0) return undefined;
  const held = difference(parts.reduce(union), markFields(owner));
  return isEmpty(held) ? undefined : held;
}

function ignoredPaths({ kind, namespace, name }: ObjectReference, rules: readonly IgnoreRule[]): string[] {
  const fits = (text: string, pattern = '*') => fitsPattern(text, pattern);
  return rules
    .filter((rule) => fits(kind, rule.kind) && fits(namespace, rule.namespace) && fits(name, rule.name))
    .flatMap(({ paths }) => paths);
}
