/** The schemas of CustomResourceDefinitions (OpenAPI v3, structural) as plain JSON Schema of draft 4. */
import type { JsonObject, JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';

/** Keywords that mean the same on both sides. */
const shared = [
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'required',
];

/** The fields that every object of the API has, whether its schema says so or not. */
export const implicitFields: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** Of a whole object of the kind. Where it cannot be as strict as the API server, it is less strict. */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const { metadata, ...rest } = properties;
  const own = valueSchema({ ...schema, properties: rest });
  // Of its metadata a schema may restrict the name; the rest is the same for all kinds.
  const named = isObject(metadata) ? branch(metadata) : {};
  return { ...own, properties: { apiVersion: {}, kind: {}, metadata: named, ...(own['properties'] as JsonObject) } };
}

/** Of a value at its place in the tree: it has its type, and no field besides those that are named. */
function valueSchema(schema: JsonObject): JsonObject {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const properties = fieldsOf(schema, valueSchema);
  const converted = { ...constraints(schema), ...typeOf(schema) };
  if (isObject(schema['items'])) converted['items'] = valueSchema(schema['items']);
  if (schema['type'] !== 'object') return converted;
  const implicit = embedded ? Object.fromEntries(implicitFields.map((field) => [field, {}])) : {};
  return { ...converted, properties: { ...implicit, ...properties }, ...additional(schema) };
}

function additional(schema: JsonObject): JsonObject {
  const { additionalProperties } = schema;
  if (isObject(additionalProperties)) return { additionalProperties: valueSchema(additionalProperties) };
  // Where a schema names no field at all, server-side apply takes any, and the server then drops it.
  const isClosed = isObject(schema['properties']) && Object.keys(schema['properties']).length > 0;
  const isOpen = additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return isClosed && !isOpen ? { additionalProperties: false } : {};
}

function typeOf(schema: JsonObject): JsonObject {
  const { type } = schema;
  const types = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : [type];
  if (typeof types[0] !== 'string') return {};
  return { type: (schema['nullable'] === true ? [...types, 'null'] : types) as readonly string[] };
}

/** What holds for a value besides its type and its fields; under `anyOf` and the like, that is all there is. */
function constraints(schema: JsonObject): Record<string, JsonValue | undefined> {
  const kept: Record<string, JsonValue | undefined> = {};
  for (const keyword of shared) if (schema[keyword] !== undefined) kept[keyword] = schema[keyword];
  if (isUsablePattern(schema['pattern'])) kept['pattern'] = schema['pattern'];
  if (Array.isArray(schema['allOf'])) kept['allOf'] = schema['allOf'].filter(isObject).map(branch);
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (Array.isArray(branches) && branches.every(isExact)) kept[keyword] = branches.filter(isObject).map(branch);
  }
  if (isObject(schema['not']) && isExact(schema['not'])) kept['not'] = branch(schema['not']);
  return kept;
}

function branch(schema: JsonObject): JsonObject {
  const properties = fieldsOf(schema, branch);
  return {
    ...constraints(schema),
    ...typeOf(schema),
    ...(isObject(schema['items']) && { items: branch(schema['items']) }),
    ...(isObject(schema['additionalProperties']) && { additionalProperties: branch(schema['additionalProperties']) }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function fieldsOf(schema: JsonObject, convert: (field: JsonObject) => JsonObject): JsonObject {
  if (!isObject(schema['properties'])) return {};
  return Object.fromEntries(
    Object.entries(schema['properties']).map(([name, field]) => [name, isObject(field) ? convert(field) : {}]),
  );
}

/** Whether nothing of a schema is left out when it is converted: a looser schema under `not` or `oneOf` is a stricter one above. */
function isExact(schema: JsonValue | undefined): boolean {
  if (Array.isArray(schema)) return schema.every(isExact);
  if (!isObject(schema)) return true;
  if (schema['format'] !== undefined && typeof schema['format'] === 'string') return false;
  if (typeof schema['pattern'] === 'string' && !isUsablePattern(schema['pattern'])) return false;
  return Object.values(schema).every(isExact);
}

/** The server's expressions are those of RE2, of which JavaScript knows most, and at times means something else by the same. */
export function isUsablePattern(pattern: JsonValue | undefined): pattern is string {
  if (typeof pattern !== 'string' || /\(\?[a-zA-Z]|\[\[:|\\[pPQEAzC]/.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
