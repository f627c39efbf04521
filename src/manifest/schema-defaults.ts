/** Fills in what a schema gives by default, as the API server does before it judges a custom resource. */
import type { JsonObject, JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';
import { implicitFields } from './structural-schema.ts';

/** A copy of the object with its defaults. Its metadata has none. */
export function withDefaults(object: JsonObject, schema: JsonObject): JsonObject {
  return filled(object, schema, implicitFields) as JsonObject;
}

function filled(value: JsonValue, schema: JsonObject, without: readonly string[] = []): JsonValue {
  if (Array.isArray(value)) {
    const { items } = schema;
    return isObject(items) ? value.map((item: JsonValue) => filled(item, items)) : value;
  }
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const known = isObject(properties) ? properties : {};
  const fields = Object.entries(value).flatMap(([name, field]): [string, JsonValue][] => {
    const inner = Object.hasOwn(known, name) ? known[name] : additionalProperties;
    if (field === undefined || (field === null && isObject(inner) && isFilledIn(inner))) return [];
    return [[name, isObject(inner) && !without.includes(name) ? filled(field, inner) : field]];
  });
  const complete = new Map(fields);
  for (const [name, inner] of Object.entries(known)) {
    if (complete.has(name) || without.includes(name) || !isObject(inner) || inner['default'] === undefined) continue;
    complete.set(name, filled(inner['default'], inner));
  }
  return Object.fromEntries(complete);
}

/** A null where none may be is taken for nothing, if there is something to put in its place. */
function isFilledIn(schema: JsonObject): boolean {
  return schema['nullable'] !== true && schema['default'] !== undefined && schema['default'] !== null;
}
