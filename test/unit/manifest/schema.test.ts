/** The check of custom resources against a schema, where no server is needed to know what is right. */
import { beforeAll, expect, test } from 'vitest';
import { parseJson } from '../../../src/manifest/json.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';
import { loadSchemaCheck, type SchemaCheck } from '../../../src/manifest/schema.ts';

let check: SchemaCheck;

beforeAll(async () => {
  check = await loadSchemaCheck([]);
});

const schemaOf = (spec: JsonObject): JsonObject => ({ type: 'object', properties: { spec } });
const manifest = { apiVersion: 'example.org/v1', kind: 'Machine', metadata: { name: 'one', namespace: 'shop' } };

function messages(spec: JsonObject, text: string): string[] {
  const written = { ...manifest, spec: parseJson(text) } as Manifest;
  return check(written, schemaOf(spec)).map(({ message }) => message);
}

const text = { type: 'string' };

test('every fault is named with its path, and none with its value', () => {
  const disk = {
    type: 'object',
    required: ['size'],
    properties: { size: { type: 'integer' }, kind: { ...text, enum: ['ssd'] } },
  };
  const spec = { type: 'object', properties: { disks: { type: 'array', items: disk } } };
  const found = messages(spec, '{"disks": [{"size": "s3cret", "kind": "s3cret"}, {"kinds": "s3cret"}]}');
  expect(found).toEqual([
    'spec.disks[0].size must be an integer, not text',
    'spec.disks[0].kind must be one of "ssd"',
    'spec.disks[1].size is missing',
    'spec.disks[1].kinds is no field of it; did you mean kind?',
  ]);
});

test('names that are not words are quoted in a path', () => {
  const spec = { type: 'object', additionalProperties: { type: 'integer' } };
  expect(messages(spec, '{"a.b/c~d %": "x"}')).toEqual(['spec["a.b/c~d %"] must be an integer, not text']);
});

test('integers beyond 2^53 are integers, up to 64 bits', () => {
  const spec = { type: 'integer', format: 'int64', minimum: 0 };
  expect(messages(spec, '9223372036854775807')).toEqual([]);
  expect(messages(spec, '9223372036854775808')).toEqual(['spec must be an integer of 64 bits']);
  expect(messages(spec, '-9007199254740993')).toEqual(['spec must be at least 0']);
});

test('names that JavaScript gives a meaning are names', () => {
  const spec = { type: 'object', properties: { constructor: { type: 'integer' } } };
  expect(messages(spec, '{"constructor": 1}')).toEqual([]);
  expect(messages(spec, '{}')).toEqual([]);
  expect(messages(spec, '{"toString": 1}')).toEqual(['spec.toString is no field of it']);
  expect(messages(spec, '{"__proto__": {"constructor": "x"}}')).toEqual(['spec.__proto__ is no field of it']);
});

test('what is fixed by a default is no fault, and the object stays as it was', () => {
  const inner = { type: 'object', default: {}, required: ['mode'], properties: { mode: { ...text, default: 'a' } } };
  const spec = { type: 'object', required: ['inner'], properties: { inner } };
  expect(messages(spec, '{}')).toEqual([]);
  const written = { ...manifest, spec: Object.freeze({}) } as Manifest;
  check(written, schemaOf(spec));
  expect(written['spec']).toEqual({});
});

test.each([
  ['an expression that JavaScript does not know', { ...text, pattern: '(?i)^a$' }],
  ['such an expression under not', { ...text, not: { pattern: '(?i)^a$' } }],
  ['a format under oneOf', { ...text, oneOf: [{ format: 'email' }, { format: 'hostname' }] }],
  ['a format that only the server knows', { ...text, format: 'k8s-short-name' }],
  [
    'a schema that is none',
    { type: 5, properties: 'x', items: 7, enum: 'y', pattern: '(', required: 'z' } as JsonObject,
  ],
])('nothing is said of %s', (_, spec) => {
  expect(messages(spec, '"text"')).toEqual([]);
});
