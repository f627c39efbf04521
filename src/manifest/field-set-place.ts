/** The part of a set of fields that is at a place of an object: as a set, as text, and as values of another object. */
import type { Place } from './field-path.ts';
import { type FieldSet, isEmpty, positionOf } from './field-set.ts';
import { canonicalJson, parseJson } from './json.ts';
import type { JsonObject, JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';

/** What a set holds at a place of a value and below it; nothing when that is nothing, or only a part of what is held as one. */
export function partAt(set: FieldSet, value: JsonValue, place: Place): FieldSet | undefined {
  const [step, ...deeper] = place;
  if (step === undefined) return set;
  const element = Object.keys(set).find((each) => positionOf(each, value) === String(step));
  if (element === undefined) return undefined;
  const below = (value as JsonObject)[step] as JsonValue;
  const part = partAt(set[element] as FieldSet, below, deeper);
  return part && { [element]: part };
}

/** The topmost paths of a set whose values are in it as a whole, in the API server's notation: `.spec.replicas`. */
export function pathsOf(set: FieldSet): string[] {
  if (isEmpty(set) || Object.hasOwn(set, '.')) return [''];
  return Object.entries(set).flatMap(([element, below]) => pathsOf(below).map((path) => stepText(element) + path));
}

function stepText(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = Object.entries(parseJson(text) as JsonObject);
  return `[${keys.map(([name, value]) => `${name}=${canonicalJson(value as JsonValue)}`).join(',')}]`;
}

/** A value with what another one has in the fields of a set. */
export function withValues(value: JsonValue | undefined, set: FieldSet, other: JsonValue): JsonValue {
  if (isEmpty(set)) return other;
  return Array.isArray(other) ? withItems(value, set, other) : withFields(value, set, other);
}

function withFields(value: JsonValue | undefined, set: FieldSet, other: JsonValue): JsonValue {
  const fields = isObject(value) ? value : {};
  const taken = Object.entries(set).flatMap(([element, below]): [string, JsonValue][] => {
    const name = positionOf(element, other);
    if (name === undefined) return [];
    return [[name, withValues(fields[name], below, (other as JsonObject)[name] as JsonValue)]];
  });
  return { ...fields, ...Object.fromEntries(taken) };
}

function withItems(value: JsonValue | undefined, set: FieldSet, other: readonly JsonValue[]): JsonValue {
  const items: JsonValue[] = Array.isArray(value) ? [...value] : [];
  for (const [element, below] of Object.entries(set)) {
    const from = positionOf(element, other);
    if (from === undefined) continue;
    const at = positionOf(element, items) ?? items.length;
    const keys = element.startsWith('k:') ? parseJson(element.slice(2)) : undefined;
    items[Number(at)] = withValues(items[Number(at)] ?? keys, below, other[Number(from)] as JsonValue);
  }
  return items;
}
