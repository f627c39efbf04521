/**
 * Sets of fields as the API server writes them into `metadata.managedFields[].fieldsV1`: `f:name` is a field, `k:{…}` an item
 * by its keys, `v:…` an item by its value, `i:n` one by its place, and `.` stands for the object or item itself.
 */
import { canonicalJson, parseJson } from './json.ts';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import { isObject } from './shape.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** One entry of `metadata.managedFields`, as the server has it. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
}

/** Who holds what of an object that was read whole. */
export function managedFieldsOf(object: Manifest): readonly ManagedFields[] {
  return (object.metadata['managedFields'] ?? []) as unknown as readonly ManagedFields[];
}

/** One annotation. */
export function annotationField(name: string): FieldSet {
  return { 'f:metadata': { 'f:annotations': { [`f:${name}`]: {} } } };
}

export function isEmpty(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

/** What is in any of the two. */
export function union(one: FieldSet, other: FieldSet): FieldSet {
  // Something that is a member by itself and has members below says so with a dot.
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other) ? {} : { '.': {}, ...one, ...other };
  const shared = Object.keys(other).filter((element) => Object.hasOwn(one, element));
  const merged = shared.map((element) => [element, union(one[element] as FieldSet, other[element] as FieldSet)]);
  return { ...one, ...other, ...Object.fromEntries(merged) };
}

/** What is in any of these; an empty set among them has no members. */
export function unionOf(sets: readonly FieldSet[]): FieldSet {
  const filled = sets.filter((set) => !isEmpty(set));
  return filled.length === 0 ? {} : filled.reduce(union);
}

/** What is in both. */
export function intersection(one: FieldSet, other: FieldSet): FieldSet {
  return difference(one, difference(one, other));
}

/** What is in the first and not in the second. */
export function difference(one: FieldSet, other: FieldSet): FieldSet {
  return Object.fromEntries(
    Object.entries(one).flatMap(([element, below]): [string, FieldSet][] => {
      if (!Object.hasOwn(other, element)) return [[element, below]];
      const removed = other[element] as FieldSet;
      if (isEmpty(below)) return isMember(removed) ? [] : [[element, below]];
      const left = difference(below, isEmpty(removed) ? { '.': {} } : removed);
      return isEmpty(left) ? [] : [[element, left]];
    }),
  );
}

/** Whether what a part of a set stands for is a member by itself. */
export function isMember(set: FieldSet): boolean {
  return isEmpty(set) || Object.hasOwn(set, '.');
}

/** The fields of a set that have a value in `value`. */
export function present(set: FieldSet, value: JsonValue): FieldSet {
  return Object.fromEntries(
    Object.entries(set).flatMap(([element, below]): [string, FieldSet][] => {
      if (element === '.') return [[element, below]];
      const at = positionOf(element, value);
      if (at === undefined) return [];
      if (isEmpty(below)) return [[element, below]];
      const there = present(below, (value as JsonObject)[at] as JsonValue);
      return isEmpty(there) ? [] : [[element, there]];
    }),
  );
}

/** A value without the fields of a set. What becomes empty by it goes, too, where the set names it. */
export function without(value: JsonValue, set: FieldSet): JsonValue {
  if (Array.isArray(value)) return withoutItems(value, set);
  if (!isObject(value)) return value;
  const changed = Object.entries(set).flatMap(([element, below]): [string, JsonValue | undefined][] => {
    const name = element.slice(2);
    if (!element.startsWith('f:') || !Object.hasOwn(value, name)) return [];
    return [[name, remains(value[name] as JsonValue, below)]];
  });
  return { ...value, ...Object.fromEntries(changed) };
}

function withoutItems(items: readonly JsonValue[], set: FieldSet): JsonValue {
  const changes = new Map(
    Object.entries(set).flatMap(([element, below]) => {
      const at = positionOf(element, items as unknown as JsonValue);
      return at === undefined ? [] : [[Number(at), below] as const];
    }),
  );
  return items.flatMap((item, index) => {
    const below = changes.get(index);
    const left = below === undefined ? item : remains(item, below);
    return left === undefined ? [] : [left];
  });
}

function remains(value: JsonValue, below: FieldSet): JsonValue | undefined {
  if (isEmpty(below)) return undefined;
  const left = without(value, below);
  const isBare = typeof left === 'object' && left !== null && Object.values(left).every((one) => one === undefined);
  return isBare && Object.hasOwn(below, '.') ? undefined : left;
}

/** The name or the position in a list that an element stands for in a value. */
export function positionOf(element: string, value: JsonValue): string | undefined {
  const text = element.slice(2);
  if (element.startsWith('f:')) return isObject(value) && value[text] !== undefined ? text : undefined;
  if (element === '.' || !Array.isArray(value)) return undefined;
  const items = value as readonly JsonValue[];
  const index = element.startsWith('i:') ? Number(text) : items.findIndex((item) => isMeant(element, text, item));
  return index >= 0 && index < items.length ? String(index) : undefined;
}

function isMeant(element: string, text: string, item: JsonValue): boolean {
  const wanted = parseJson(text);
  if (element.startsWith('v:')) return canonicalJson(item) === canonicalJson(wanted);
  if (!isObject(item) || !isObject(wanted)) return false;
  return Object.entries(wanted).every(
    ([name, value]) => canonicalJson(item[name] ?? null) === canonicalJson(value as JsonValue),
  );
}
