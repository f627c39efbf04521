/** What server-side apply takes out of an object when its applier gives fields up, before defaults return. */
import { type FieldSet, isMember, positionOf } from './field-set.ts';
import type { JsonObject, JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';

/**
 * The value without the fields of `last` that `keep` does not have. As the server does it: an item of a list goes whole, and
 * what somebody holds inside it counts only if he holds the item; a field goes with all that is below it, also what nobody
 * holds, unless somebody holds something there; what has lost its last field is null. The same value when nothing goes.
 */
export function pruned<T extends JsonValue>(value: T, last: FieldSet, keep: FieldSet): T {
  const changed = new Map<string, JsonValue | undefined>();
  for (const [element, below] of Object.entries(last)) {
    const at = positionOf(element, value);
    if (at === undefined) continue;
    const inner = (value as JsonObject)[at] as JsonValue;
    const left = remains(element, inner, below, keep[element]);
    if (left !== inner) changed.set(at, left);
  }
  return changed.size === 0 ? value : (withChanges(value, changed) as T);
}

function remains(element: string, value: JsonValue, last: FieldSet, keep: FieldSet | undefined): JsonValue | undefined {
  const isItem = !element.startsWith('f:');
  const kept = keep && (!isItem || isMember(keep)) ? keep : undefined;
  if (!kept && (!isItem || isMember(last))) return undefined;
  const left = pruned(value, last, kept ?? {});
  return left !== value && isBare(left) ? null : left;
}

function withChanges(value: JsonValue, changed: ReadonlyMap<string, JsonValue | undefined>): JsonValue {
  const now = (at: string, inner: JsonValue | undefined) => (changed.has(at) ? changed.get(at) : inner);
  if (Array.isArray(value)) {
    return value.map((item, index) => now(String(index), item)).filter((item) => item !== undefined);
  }
  const fields = Object.entries(value as JsonObject).map(([name, inner]) => [name, now(name, inner)] as const);
  return Object.fromEntries(fields.filter(([, inner]) => inner !== undefined));
}

function isBare(value: JsonValue): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
