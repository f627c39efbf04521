/** Objects of all shapes, with all their fields, for properties of what reads paths. */
import fc from 'fast-check';
import type { Place } from '../../src/manifest/field-path.ts';
import type { FieldSet } from '../../src/manifest/field-set.ts';
import type { JsonObject, JsonValue } from '../../src/manifest/manifest.ts';

/** Objects whose names hold what separates names in paths. */
const names = fc.constantFrom('a', 'b', 'a.b', 'c/d', 'x-y', 'f[0]', '"', 'k=v');
const leaf = fc.oneof(fc.constantFrom('', 'a', 'b"]', 'c.d'), fc.integer({ min: 0, max: 9 }), fc.boolean());
export const { object: anyObject } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    tie('object'),
    fc
      .uniqueArray(fc.constantFrom('one', 'two', 'three.4', 'f"]i'), { maxLength: 3 })
      .chain((keys) => fc.tuple(...keys.map((name) => fc.record({ name: fc.constant(name), of: tie('value') })))),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
}));

/** All places in a value but for the keys of items, each with its path as the API server writes it. */
export function placesIn(value: JsonValue): { place: Place; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = (step: string | number, text: string, inner: JsonValue) =>
    placesIn(inner).map(({ place, path }) => ({ place: [step, ...place], path: text + path }));
  if (!Array.isArray(value)) {
    return Object.entries(value as JsonObject).flatMap(([name, field]) => [
      { place: [name], path: `.${name}` },
      ...below(name, `.${name}`, field as JsonValue),
    ]);
  }
  return value.flatMap(({ name, ...item }: JsonObject, index) => {
    const text = `[name=${JSON.stringify(name)}]`;
    return [{ place: [index], path: text }, ...below(index, text, item as JsonValue)];
  });
}

/** All fields of a value as its only applier owns them; its lists are by name. */
export function setOf(value: JsonValue): FieldSet {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return {};
  if (!Array.isArray(value))
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, field]) => [`f:${name}`, setOf(field as JsonValue)]),
    );
  return Object.fromEntries(
    value.map((item: JsonObject) => [
      `k:${JSON.stringify({ name: item['name'] })}`,
      { '.': {}, ...setOf(item as JsonValue) },
    ]),
  );
}
