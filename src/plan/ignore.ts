/** Fields that a definition never sends: out of what is wanted, and out of what its owner holds already. */
import type { IgnoreRule } from '../definition/policy.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { fitsPattern, placesFitting, withoutPlaces } from '../manifest/field-path.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf, unionOf } from '../manifest/field-set.ts';
import { partAt } from '../manifest/field-set-place.ts';
import { digestOf } from '../manifest/json.ts';
import { appliedBy } from '../manifest/managed-fields.ts';
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
  const own = appliedBy(owner.manager, managedFieldsOf(live))?.fieldsV1 ?? {};
  const held = difference(ignoredPart(own, live, reference, rules), markFields(owner));
  return isEmpty(held) ? undefined : held;
}

/** What of a set of fields of a live object is ignored. */
export function ignoredPart(
  fields: FieldSet,
  live: Manifest,
  reference: ObjectReference,
  rules: readonly IgnoreRule[],
): FieldSet {
  const places = ignoredPaths(reference, rules).flatMap((path) => placesFitting(live, path));
  return unionOf(places.flatMap((place) => partAt(fields, live, place) ?? []));
}

function ignoredPaths({ kind, namespace, name }: ObjectReference, rules: readonly IgnoreRule[]): string[] {
  const fits = (text: string, pattern = '*') => fitsPattern(text, pattern);
  return rules
    .filter((rule) => fits(kind, rule.kind) && fits(namespace, rule.namespace) && fits(name, rule.name))
    .flatMap(({ paths }) => paths);
}
