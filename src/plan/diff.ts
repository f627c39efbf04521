/** Field-by-field differences of two states of one object. */
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { maskDifference } from './mask.ts';
import type { Difference } from './plan.ts';

// Written by the server on every change, so they say nothing about the change itself.
const serverMetadata = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]);
const ownMark = /^owner\.vidra\.infrahub\.operators\.com\//;
/** Fields by which items of a list are told apart, in order of preference; as in the built-in kinds. */
const itemKeys = ['name', 'key', 'mountPath', 'containerPort', 'port', 'ip', 'type', 'topologyKey', 'devicePath'];

/**
 * What would change from `before` to `after`; status and the server's own bookkeeping are left out, secrets are masked, and
 * with `salt` stand there as digests, too.
 */
export function differencesOf(before: Manifest, after: Manifest, salt?: string): Difference[] {
  const found: Difference[] = [];
  compare('', comparable(before), comparable(after), found);
  return found.map((difference) => maskDifference(after, difference, salt));
}

/** A difference that takes a whole object away, as one for each of its fields; any other one as it is. */
export function inFields(difference: Difference): Difference[] {
  const { path, before, after } = difference;
  if (after !== undefined || !isObject(before)) return [difference];
  const found: Difference[] = [];
  compareObjects(path, before, {}, found);
  return found.flatMap(inFields);
}

function comparable(manifest: Manifest): JsonObject {
  const { status: _status, metadata, ...rest } = manifest;
  const kept = Object.entries(metadata).filter(([field]) => !serverMetadata.has(field));
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => !ownMark.test(name));
  return { ...rest, metadata: { ...Object.fromEntries(kept), annotations: Object.fromEntries(annotations) } };
}

function compare(path: string, before: JsonValue | undefined, after: JsonValue | undefined, found: Difference[]): void {
  if (isObject(before) && isObject(after)) compareObjects(path, before, after, found);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(path, before, after, found);
  else if (before !== after && !isNothing(before, after) && !isNothing(after, before)) add(path, before, after, found);
}

function add(path: string, before: JsonValue | undefined, after: JsonValue | undefined, found: Difference[]): void {
  found.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

function compareObjects(path: string, before: JsonObject, after: JsonObject, found: Difference[]): void {
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(joinPath(path, field), ownField(before, field), ownField(after, field), found);
  }
}

// A key may be called `constructor`.
function ownField(object: JsonObject, field: string): JsonValue | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function compareLists(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  found: Difference[],
): void {
  const key = itemKeyOf(before, after);
  if (key !== undefined) {
    compareItems(path, key, byKey(key, before), byKey(key, after), found);
    return;
  }
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    // An item that is empty is an item: `ingress: [{}]` lets everybody in, and `ingress: []` nobody.
    if (index >= before.length || index >= after.length) add(`${path}[${index}]`, before[index], after[index], found);
    else compare(`${path}[${index}]`, before[index], after[index], found);
  }
}

function compareItems(
  path: string,
  key: string,
  before: ReadonlyMap<string, JsonValue>,
  after: ReadonlyMap<string, JsonValue>,
  found: Difference[],
): void {
  for (const value of new Set([...before.keys(), ...after.keys()])) {
    compare(`${path}[${key}=${value}]`, before.get(value), after.get(value), found);
  }
  // Order counts, too: of init containers, of variables that use each other, of steps.
  const stayedBefore = [...before.keys()].filter((value) => after.has(value));
  const stayedAfter = [...after.keys()].filter((value) => before.has(value));
  if (stayedBefore.some((value, index) => value !== stayedAfter[index])) add(path, stayedBefore, stayedAfter, found);
}

/** The field by which the items of some lists are told apart; nothing where they have none in common. */
export function itemKeyOf(...lists: readonly (readonly JsonValue[])[]): string | undefined {
  return itemKeys.find((candidate) => lists.every((items) => isKey(candidate, items)));
}

function isKey(key: string, items: readonly JsonValue[]): boolean {
  const values = items.map((item) => (isObject(item) ? item[key] : undefined));
  return (
    values.every((value) => typeof value === 'string' || typeof value === 'number') &&
    new Set(values.map(String)).size === values.length
  );
}

function byKey(key: string, items: readonly JsonValue[]): Map<string, JsonValue> {
  return new Map(items.map((item) => [String((item as JsonObject)[key]), item]));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether `value` is a null that stands for the other one: for nothing, or for what is empty, as Go writes it. What is
 * empty instead of nothing is a difference: `namespaceSelector: {}` means every namespace.
 */
function isNothing(value: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (value !== null) return false;
  return other === undefined || (typeof other === 'object' && other !== null && Object.keys(other).length === 0);
}

function joinPath(path: string, field: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(field)) return path ? `${path}.${field}` : field;
  return `${path}[${JSON.stringify(field)}]`;
}
