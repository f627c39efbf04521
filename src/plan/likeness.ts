/** How alike the contents of two objects are, leaf by leaf. */
import { difference, type FieldSet, managedFieldsOf } from '../manifest/field-set.ts';
import { withValues } from '../manifest/field-set-place.ts';
import { canonicalJson } from '../manifest/json.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { markFields, type Owner } from '../manifest/owner.ts';
import { isObject } from '../manifest/shape.ts';
import { itemKeyOf } from './diff.ts';

/** From 0, nothing in common, to 1, the same: the share of equal leaves in the larger of the two. */
export function likeness(one: JsonObject, other: JsonObject): number {
  const largest = Math.max(leavesIn(one), leavesIn(other));
  return largest === 0 ? 0 : equalLeaves(one, other) / largest;
}

/** How many values there are that hold no others. What is empty counts, but for the whole. */
export function leavesIn(content: JsonObject): number {
  return valuesIn(content).reduce<number>((sum, value) => sum + leavesOf(value), 0);
}

/** The live object as its owner applied it, without the owner's marks. */
export function asApplied({ manager, ...owner }: Owner, live: Manifest): Manifest {
  const entry = managedFieldsOf(live).find((one) => one.manager === manager && one.operation === 'Apply');
  const fields: FieldSet = difference(entry?.fieldsV1 ?? {}, markFields({ ...owner, manager }));
  const { apiVersion, kind, metadata } = live;
  const { name, namespace } = metadata;
  const bare = { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } };
  return Object.keys(fields).length === 0 ? bare : (withValues(bare, fields, live) as Manifest);
}

function leavesOf(value: JsonValue): number {
  const inner = valuesIn(value);
  return inner.length === 0 ? 1 : inner.reduce<number>((sum, each) => sum + leavesOf(each), 0);
}

function valuesIn(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return [...value];
  return isObject(value) ? Object.values(value).filter((each) => each !== undefined) : [];
}

function equalLeaves(one: JsonValue | undefined, other: JsonValue | undefined): number {
  if (one === undefined || other === undefined) return 0;
  if (isObject(one) && isObject(other) && Object.keys(one).length > 0) return equalFields(one, other);
  if (Array.isArray(one) && Array.isArray(other) && one.length > 0) return equalItems(one, other);
  return canonicalJson(one) === canonicalJson(other) ? 1 : 0;
}

function equalFields(one: JsonObject, other: JsonObject): number {
  const names = Object.keys(one).filter((name) => Object.hasOwn(other, name));
  return names.reduce((sum, name) => sum + equalLeaves(one[name], other[name]), 0);
}

function equalItems(one: readonly JsonValue[], other: readonly JsonValue[]): number {
  const key = itemKeyOf(one, other);
  if (key === undefined) return one.reduce<number>((sum, item, index) => sum + equalLeaves(item, other[index]), 0);
  const others = new Map(other.map((item) => [(item as JsonObject)[key], item]));
  return one.reduce<number>((sum, item) => sum + equalLeaves(item, others.get((item as JsonObject)[key])), 0);
}
