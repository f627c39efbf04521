/** The errors of the interpreter of schemas in words, with the field's path and without its value. */
import type { OutputUnit } from '@cfworker/json-schema';
import type { JsonObject, JsonValue } from './manifest.ts';
import { nearest } from './nearest.ts';
import { describePath, type Path } from './read-document.ts';
import { type Finding, isObject } from './shape.ts';

/** Nothing for an error that only says that there are others further down. `schema` is the one that was interpreted. */
export function findingOf({ keyword, keywordLocation, instanceLocation, error }: OutputUnit, schema: JsonObject) {
  const path = stepsOf(instanceLocation);
  const limit = valueAt(schema, stepsOf(keywordLocation));
  const parent = valueAt(schema, stepsOf(keywordLocation).slice(0, -1));
  const [, named = ''] = /"(.*)"/s.exec(error) ?? [];
  if (keyword === 'required') return finding([...path, named], 'is missing');
  if (keyword === 'additionalProperties') return limit === false ? unknownField([...path, named], parent) : undefined;
  const words = phrases[keyword]?.(limit, isObject(parent) ? parent : {}, named);
  return words === undefined ? undefined : finding(path, words);
}

function finding(path: Path, words: string): Finding {
  return { path, message: `${describePath(path) || 'the object'} ${words}` };
}

function unknownField(path: Path, parent: JsonValue | undefined): Finding {
  const fields = isObject(parent) && isObject(parent['properties']) ? Object.keys(parent['properties']) : [];
  const guess = nearest(String(path.at(-1)), fields);
  return finding(path, guess ? `is no field of it; did you mean ${guess}?` : 'is no field of it');
}

type Phrase = (limit: JsonValue | undefined, schema: JsonObject, named: string) => string;

/** By keyword. `named` is what the error puts in quotes. */
const phrases: Readonly<Record<string, Phrase | undefined>> = {
  type: (types, _, named) => `must be ${typeNames(types)}, not ${typeNames([named.split('"')[0] ?? ''])}`,
  enum: (values) =>
    `must be one of ${(values as readonly JsonValue[]).map((value) => JSON.stringify(value)).join(', ')}`,
  pattern: (pattern) => `must match ${pattern}`,
  minimum: (limit, { exclusiveMinimum }) => `must be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${limit}`,
  maximum: (limit, { exclusiveMaximum }) => `must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => `must have at least ${limit} characters`,
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => `must have at least ${limit} entries`,
  maxItems: (limit) => `must have at most ${limit} entries`,
  minProperties: (limit) => `must have at least ${limit} fields`,
  maxProperties: (limit) => `must have at most ${limit} fields`,
  anyOf: () => 'fits none of the alternatives of its schema',
  oneOf: () => 'must fit exactly one of the alternatives of its schema',
  not: () => 'is ruled out by its schema',
};

const names: ReadonlyMap<JsonValue, string> = new Map([
  ['integer', 'an integer'],
  ['number', 'a number'],
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['object', 'a mapping'],
  ['array', 'a list'],
  ['null', 'empty'],
]);

function typeNames(types: JsonValue | undefined): string {
  const all = Array.isArray(types) ? (types as readonly JsonValue[]) : [types ?? ''];
  const said = all.length > 1 ? all.filter((type) => type !== 'null') : all;
  return said.map((type) => names.get(type) ?? String(type)).join(' or ');
}

/** The interpreter's places: `#/spec/a~1b`, escaped for URIs, with indexes of lists as digits. */
function stepsOf(pointer: string): (string | number)[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    return /^\d+$/.test(name) ? Number(name) : name;
  });
}

function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((inner, step) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.hasOwn(inner, step) ? (inner as Record<string | number, JsonValue>)[step] : undefined;
  }, value);
}
