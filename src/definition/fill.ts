/** Fills in what rules give by default, and leaves out what was left empty, as the API server does. */
import type { JsonObject, JsonValue } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import type { Fields, Rule } from './rule.ts';

/** Of a mapping that keeps the rules of its fields. */
export function fill(mapping: JsonObject, fields: Fields): JsonObject {
  const written = Object.entries(mapping).filter(([, value]) => value !== null && value !== undefined);
  const defaults = Object.entries(fields).flatMap(([name, rule]): [string, JsonValue][] =>
    rule.default === undefined ? [] : [[name, rule.default]],
  );
  const filled = written.map(([name, value]) => [name, fillValue(value as JsonValue, fields[name])] as const);
  return { ...Object.fromEntries(defaults), ...Object.fromEntries(filled) };
}

function fillValue(value: JsonValue, rule: Rule | undefined): JsonValue {
  if (rule?.type === 'mapping' && isObject(value)) return fill(value, rule.fields);
  if (rule?.type === 'list' && Array.isArray(value)) return value.map((item: JsonValue) => fillValue(item, rule.items));
  return value;
}
