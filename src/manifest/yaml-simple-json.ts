/** JSON as a document of YAML: what it says is the same in both, but for a few things that are left to the exact reader. */

import { childrenAt, countKeys } from './json-text.ts';
import type { JsonValue } from './manifest.ts';
import { notSimple } from './yaml-simple-line.ts';

/** A sixth of what YAML allows, because an escape may stand for each character. */
const maxKey = 160;
/** Tabs may be taken for indentation, and a key may not be parted from its colon. */
const strange = /\t|"\s*\n\s*:/;

/** The value of a text that is JSON from `start` to its end, and where the elements stand of lists that are the value or a field of it. */
export function readJsonDocument(text: string, start: number, depth: number) {
  const source = text.slice(start);
  if (strange.test(source)) throw notSimple;
  const value = parse(source);
  // Of a key that is written twice, one is lost.
  if (countKept(value, depth) !== countKeys(source)) throw notSimple;
  const items = new Map<JsonValue, readonly number[]>();
  if (Array.isArray(value)) items.set(value, startsOf(text, start));
  else
    for (const { key, start: at } of childrenAt(text, start)) {
      const field = (value as { readonly [field: string]: JsonValue })[key as string];
      if (Array.isArray(field)) items.set(field, startsOf(text, at));
    }
  return { value, start, items };
}

function parse(source: string): JsonValue {
  try {
    return JSON.parse(source) as JsonValue;
  } catch {
    throw notSimple;
  }
}

/** Keys of all objects in the value. */
function countKept(value: JsonValue, depth: number): number {
  if (typeof value === 'number' && !isSame(value)) throw notSimple;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth < 0) throw notSimple;
  let keys = 0;
  for (const [key, field] of Object.entries(value)) {
    if (!Array.isArray(value)) keys++;
    if (key.length > maxKey) throw notSimple;
    keys += countKept(field as JsonValue, depth - 1);
  }
  return keys;
}

/** Whether YAML knows the number, and JSON has lost nothing of it. */
function isSame(value: number): boolean {
  return Number.isSafeInteger(value) ? !Object.is(value, -0) : Number.isFinite(value) && !Number.isInteger(value);
}

function startsOf(text: string, start: number): number[] {
  return [...childrenAt(text, start)].map((child) => child.start);
}
