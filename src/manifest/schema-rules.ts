/** The rules of schemas in CEL (`x-kubernetes-validations`), as far as it is certain that they mean the same here as to the API server. */
import { Environment } from '@marcbachmann/cel-js';
import type { JsonObject, JsonValue } from './manifest.ts';
import { describePath, type Path } from './read-document.ts';
import { type Finding, isObject } from './shape.ts';

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 2000, maxDepth: 50, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 16 },
});
environment.registerVariable('self', 'dyn');

type Rule = (input: { readonly self: unknown }) => unknown;
const compiled = new Map<string, Rule | undefined>();

/** Findings in a value that fits the schema otherwise, and has its defaults. */
export function* checkRules(value: JsonValue | undefined, schema: JsonObject, path: Path = []): Generator<Finding> {
  if (value === undefined || value === null) return;
  const rules = schema['x-kubernetes-validations'];
  if (Array.isArray(rules)) yield* brokenRules(value, schema, path, rules.filter(isObject));
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value) && isObject(items)) {
    for (const [index, item] of value.entries()) yield* checkRules(item, items, [...path, index]);
  } else if (isObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      const known = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (isObject(known)) yield* checkRules(field, known, [...path, name]);
    }
  }
}

function* brokenRules(
  value: JsonValue,
  schema: JsonObject,
  path: Path,
  rules: readonly JsonObject[],
): Generator<Finding> {
  let self: unknown;
  try {
    self = celValue(value, path.length === 0 ? { ...schema, ...root } : schema);
  } catch {
    return;
  }
  for (const { rule, message, fieldPath } of rules) {
    if (typeof rule !== 'string' || !isBroken(rule, self)) continue;
    const at = [...path, ...stepsOf(fieldPath)];
    const place = describePath(at);
    const said = typeof message === 'string' ? message : `must satisfy ${rule}`;
    yield { path: at, message: place ? `${place}: ${said}` : said };
  }
}

/** Of paths that are as simple as `.spec.name`; others stay at the place of their rule. */
function stepsOf(fieldPath: JsonValue | undefined): string[] {
  return typeof fieldPath === 'string' && /^(\.\w+)+$/.test(fieldPath) ? fieldPath.slice(1).split('.') : [];
}

const root = { 'x-kubernetes-embedded-resource': true };

/** What cannot be evaluated is not broken. */
function isBroken(rule: string, self: unknown): boolean {
  try {
    if (!compiled.has(rule)) compiled.set(rule, isAlike(rule) ? (environment.parse(rule) as Rule) : undefined);
    return compiled.get(rule)?.({ self }) === false;
  } catch {
    return false;
  }
}

/** Rules on changes know what was before; and expressions of RE2 may be something else in JavaScript. */
function isAlike(rule: string): boolean {
  return !/\boldSelf\b|\(\?[a-zA-Z]|\[\[:|\\[pPQEAzC]/.test(rule);
}

/** Throws for values that rules may see in another way at the API server. */
function celValue(value: JsonValue | undefined, schema: JsonObject): unknown {
  if (value === null) throw new Error('may count as missing or not');
  if (typeof value === 'string') {
    if (typedFormats.has(String(schema['format']))) throw new Error('has a type of its own');
    if (/[\ud800-\udfff]/.test(value)) throw new Error('has characters that are counted in another way');
  }
  if (typeof value === 'number') return schema['type'] === 'number' ? value : BigInt(value);
  if (Array.isArray(value)) {
    if (schema['x-kubernetes-list-type'] === 'set') throw new Error('is compared without order');
    const { items } = schema;
    return value.map((item: JsonValue) => celValue(item, isObject(items) ? items : {}));
  }
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const known = isObject(properties) ? properties : {};
  const fields = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const inner = Object.hasOwn(known, name) ? known[name] : undefined;
    if (isObject(inner)) return [[escaped(name), celValue(field, inner)]];
    if (isObject(additionalProperties)) return [[name, celValue(field, additionalProperties)]];
    return [];
  });
  const isWhole = schema['x-kubernetes-embedded-resource'] === true;
  return Object.fromEntries([...fields, ...(isWhole ? identityOf(value) : [])]);
}

const typedFormats = new Set(['byte', 'date', 'date-time', 'datetime', 'duration']);

/** Of a whole object, rules see its kind and its name, whatever its schema says of its metadata. */
function identityOf({ apiVersion, kind, metadata }: JsonObject): [string, unknown][] {
  const { name, generateName } = isObject(metadata) ? metadata : {};
  const named = { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) };
  return [
    ['apiVersion', apiVersion],
    ['kind', kind],
    ['metadata', named],
  ];
}

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return void while var'.split(
    ' ',
  ),
);

/** Names of fields that are no names in CEL are written in another way. */
function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
