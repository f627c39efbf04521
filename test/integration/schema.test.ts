/** The check of custom resources against their schema, held to what a real API server makes of the same schema and the same objects. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { stringifyJson } from '../../src/manifest/json.ts';
import type { JsonObject, JsonValue, Manifest } from '../../src/manifest/manifest.ts';
import { loadSchemaCheck, type SchemaCheck } from '../../src/manifest/schema.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { waitFor } from '../support/wait-for.ts';

const text = { type: 'string' };
const ports = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['number', 'protocol'],
  items: {
    type: 'object',
    required: ['number', 'protocol'],
    properties: { number: { type: 'integer' }, protocol: { ...text, default: 'TCP' } },
  },
};
const fields: Record<string, JsonObject> = {
  integer: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 2 },
  exclusive: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  text: { ...text, minLength: 2, maxLength: 3, pattern: '^[a-zäö]*$' },
  re2: { ...text, pattern: '^(?i)abc\\z' },
  word: { ...text, enum: ['red', 'blue'] },
  nullable: { ...text, nullable: true },
  nullableWord: { ...text, nullable: true, enum: ['red'] },
  flag: { type: 'boolean' },
  list: { type: 'array', minItems: 1, maxItems: 2, items: text },
  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
  ports,
  map: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: { type: 'integer' } },
  closed: { type: 'object', properties: { color: text } },
  empty: { type: 'object' },
  noFields: { type: 'object', properties: {} },
  open: { type: 'object', properties: { color: text }, 'x-kubernetes-preserve-unknown-fields': true },
  anything: { 'x-kubernetes-preserve-unknown-fields': true },
  either: { 'x-kubernetes-int-or-string': true },
  eitherBounded: {
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: '^[0-9]+%$',
  },
  embedded: {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  },
  embeddedClosed: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  defaulted: {
    type: 'object',
    required: ['mode'],
    properties: { mode: { ...text, default: 'a' }, other: { ...text, default: 'b', nullable: true } },
  },
  choice: {
    type: 'object',
    properties: { a: text, b: text, c: { type: 'integer' } },
    oneOf: [{ required: ['a'] }, { required: ['b'] }],
    not: { required: ['a', 'c'] },
  },
  some: {
    type: 'object',
    properties: { a: text, n: { type: 'integer' } },
    anyOf: [
      { properties: { n: { minimum: 5 } }, required: ['n'] },
      { properties: { a: { pattern: '^x' } }, required: ['a'] },
    ],
  },
  whole: {
    type: 'object',
    properties: { a: text, b: text },
    allOf: [{ required: ['a'] }, { properties: { b: { maxLength: 1 } } }],
  },
  deep: {
    type: 'array',
    items: { type: 'object', required: ['name'], properties: { name: text, tags: { type: 'array', items: text } } },
  },
  date: { ...text, format: 'date' },
  time: { ...text, format: 'date-time' },
  ipv4: { ...text, format: 'ipv4' },
  ipv6: { ...text, format: 'ipv6' },
  uuid: { ...text, format: 'uuid' },
  email: { ...text, format: 'email' },
  duration: { ...text, format: 'duration' },
  bytes: { ...text, format: 'byte' },
  strange: { ...text, format: 'no-such-format' },
};

let cluster: Cluster;
let check: SchemaCheck;
let namespace: string;
let schema: JsonObject;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  check = await loadSchemaCheck([]);
  schema = {
    type: 'object',
    required: ['spec'],
    properties: {
      metadata: { type: 'object', properties: { name: { ...text, maxLength: 20 } } },
      spec: { type: 'object', properties: fields },
    },
  };
  await cluster.create(definition() as unknown as Reference);
  await waitFor('the kind to be served', async () => (await judge({ spec: {} })).status < 300);
});
afterAll(() => cluster.close());

const group = () => `${namespace}.example.org`;

function definition() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `samples.${group()}` },
    spec: {
      group: group(),
      scope: 'Namespaced',
      names: { plural: 'samples', kind: 'Sample' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

function sample(fields: JsonObject, name = 'sample'): Manifest {
  return { apiVersion: `${group()}/v1`, kind: 'Sample', metadata: { name, namespace }, ...fields };
}

function judge(fields: JsonObject, name = 'sample') {
  return cluster.request('PATCH', `/apis/${group()}/v1/namespaces/${namespace}/samples/${name}`, {
    body: stringifyJson(sample(fields, name)),
    headers: { 'content-type': 'application/apply-patch+yaml' },
    query: { fieldManager: 'test', fieldValidation: 'Strict', dryRun: 'All' },
  });
}

const accepted: readonly [field: string, value: JsonValue][] = [
  ['integer', 4],
  ['exclusive', 0.5],
  ['int32', 2147483647],
  ['int64', 9223372036854775807n],
  ['text', 'äö'],
  ['re2', 'ABC'],
  ['word', 'red'],
  ['nullable', null],
  ['flag', false],
  ['list', ['a', 'b']],
  ['set', ['a', 'b']],
  ['ports', [{ number: 1 }, { number: 1, protocol: 'UDP' }, { number: 2 }]],
  ['map', { a: 1, b: 2 }],
  ['closed', { color: 'red' }],
  ['empty', {}],
  ['empty', { a: 1 }],
  ['noFields', { a: 1 }],
  ['open', { color: 'red', other: { deep: [1] } }],
  ['anything', [1, { a: null }]],
  ['anything', 'text'],
  ['either', 5],
  ['either', '5%'],
  ['eitherBounded', 5],
  ['eitherBounded', '5%'],
  ['embedded', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { x: 'y' } }, spec: { z: 1 } }],
  ['embedded', { apiVersion: 'v1', kind: 'Pod' }],
  ['embeddedClosed', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} }],
  ['defaulted', {}],
  ['defaulted', { other: null }],
  ['defaulted', { mode: null }],
  ['choice', { a: 'x' }],
  ['choice', { b: 'x', c: 1 }],
  ['some', { n: 5 }],
  ['some', { a: 'xy', n: 1 }],
  ['whole', { a: '1', b: '2' }],
  ['deep', [{ name: 'a', tags: ['b'] }]],
  ['date', '2024-02-29'],
  ['time', '2026-11-22T12:00:00.5+01:00'],
  ['time', '2026-11-22t12:00:00z'],
  ['ipv4', '10.0.0.1'],
  ['ipv6', 'fe80::1'],
  ['uuid', '1834265B8d164e4a3bd9c518b7dc1939'],
  ['email', 'a@example.org'],
  ['duration', '1h'],
  ['bytes', 'aGk='],
  ['strange', 'x'],
];

/** With the field that the check must name. */
const refused: readonly [field: string, value: JsonValue, path: string][] = [
  ['integer', 0, 'spec.integer must be at least 1'],
  ['integer', 12, 'spec.integer must be at most 10'],
  ['integer', 3, 'spec.integer must be a multiple of 2'],
  ['int32', 1.5, 'spec.int32 must be an integer, not a number'],
  ['integer', '4', 'spec.integer must be an integer, not text'],
  ['integer', null, 'spec.integer must be an integer, not empty'],
  ['exclusive', 0, 'spec.exclusive must be more than 0'],
  ['exclusive', 1, 'spec.exclusive must be less than 1'],
  ['int32', 2147483648, 'spec.int32 must be an integer of 32 bits'],
  ['text', 'a', 'spec.text must have at least 2 characters'],
  ['text', 'abcd', 'spec.text must have at most 3 characters'],
  ['text', 'AB', 'spec.text must match ^[a-zäö]*$'],
  ['text', 12, 'spec.text must be text, not a number'],
  ['word', 'green', 'spec.word must be one of "red", "blue"'],
  ['nullableWord', null, 'spec.nullableWord must be one of "red"'],
  ['flag', 'true', 'spec.flag must be true or false, not text'],
  ['list', [], 'spec.list must have at least 1 entries'],
  ['list', ['a', 'b', 'c'], 'spec.list must have at most 2 entries'],
  ['list', 'a', 'spec.list must be a list, not text'],
  ['list', [1], 'spec.list[0] must be text, not a number'],
  ['list', [null], 'spec.list[0] must be text, not empty'],
  ['set', ['a', 'b', 'a'], 'spec.set[2] says the same as spec.set[0]; remove one of the two'],
  [
    'ports',
    [{ number: 1 }, { number: 1, protocol: 'TCP' }],
    'spec.ports[1] has the same number and protocol as spec.ports[0]; remove one of the two',
  ],
  ['ports', [{ protocol: 'TCP' }], 'spec.ports[0].number is missing'],
  ['map', {}, 'spec.map must have at least 1 fields'],
  ['map', { a: 'x' }, 'spec.map.a must be an integer, not text'],
  ['closed', { colour: 'red' }, 'spec.closed.colour is no field of it; did you mean color?'],
  ['open', { color: 1 }, 'spec.open.color must be text, not a number'],
  ['either', 1.5, 'spec.either must be an integer or text, not a number'],
  ['either', true, 'spec.either must be an integer or text, not true or false'],
  ['eitherBounded', '5', 'spec.eitherBounded must match ^[0-9]+%$'],
  ['embedded', { kind: 'Pod' }, 'spec.embedded.apiVersion is missing: it must be a whole object'],
  ['embeddedClosed', { apiVersion: 'v1', kind: 'Pod', data: {} }, 'spec.embeddedClosed.data is no field of it'],
  ['choice', {}, 'spec.choice must fit exactly one of the alternatives of its schema'],
  ['choice', { a: 'x', b: 'y' }, 'spec.choice must fit exactly one of the alternatives of its schema'],
  ['choice', { a: 'x', c: 1 }, 'spec.choice is ruled out by its schema'],
  ['some', { n: 4, a: 'y' }, 'spec.some fits none of the alternatives of its schema'],
  ['whole', { b: '1' }, 'spec.whole.a is missing'],
  ['whole', { a: '1', b: '22' }, 'spec.whole.b must have at most 1 characters'],
  ['deep', [{ name: 'a' }, { name: 'b', tag: [] }], 'spec.deep[1].tag is no field of it; did you mean tags?'],
  ['deep', [{}], 'spec.deep[0].name is missing'],
  ['date', '2026-02-29', 'spec.date must be a date such as 2026-11-22'],
  ['time', '2026-11-22 12:00:00', 'spec.time must be a time such as 2026-11-22T12:00:00Z'],
  ['ipv4', 'fe80::1', 'spec.ipv4 must be an IPv4 address'],
  ['ipv6', '10.0.0.1', 'spec.ipv6 must be an IPv6 address'],
  ['uuid', 'x', 'spec.uuid must be a UUID'],
  ['no-such-field', 1, 'spec.no-such-field is no field of it'],
];

/** Left to the server, which is asked when it knows the kind. */
const onlyByTheServer: readonly [field: string, value: JsonValue][] = [
  ['re2', 'abd'],
  ['email', 'x'],
  ['duration', 'x'],
  ['bytes', '?'],
];

function titled<T extends readonly [string, JsonValue, ...unknown[]]>(cases: readonly T[]): [string, ...T][] {
  return cases.map((one) => [`${one[0]}: ${stringifyJson(one[1])}`, ...one]);
}

test.each(titled(accepted))('%s is accepted by both', async (_, field, value) => {
  const answer = await judge({ spec: { [field]: value } });
  expect(answer.status, answer.text).toBeLessThan(300);
  expect(check(sample({ spec: { [field]: value } }), schema)).toEqual([]);
});

test.each(titled(refused))('%s is refused by both', async (_, field, value, message) => {
  const answer = await judge({ spec: { [field]: value } });
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(check(sample({ spec: { [field]: value } }), schema).map((finding) => finding.message)).toEqual([message]);
});

test.each(titled(onlyByTheServer))('%s is refused by the server alone', async (_, field, value) => {
  expect((await judge({ spec: { [field]: value } })).status).toBeGreaterThanOrEqual(400);
  expect(check(sample({ spec: { [field]: value } }), schema)).toEqual([]);
});

test.each([
  ['no spec', {}, 'sample', 'spec is missing'],
  ['a field beside spec', { spec: {}, other: 1 }, 'sample', 'other is no field of it'],
  ['text for spec', { spec: 'x' }, 'sample', 'spec must be a mapping, not text'],
  [
    'a name that is too long for its schema',
    { spec: {} },
    'a-name-longer-than-20-characters',
    'metadata.name must have at most 20 characters',
  ],
])('%s is refused by both', async (_, fields, name, message) => {
  const answer = await judge(fields, name);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(check(sample(fields, name), schema).map((finding) => finding.message)).toEqual([message]);
});

test('whatever is written, the check refuses nothing that the server accepts, and little less than it', async () => {
  const leaves = [null, true, 0, 1, 4, 1.5, -3, 2 ** 40, '', 'a', 'ab', 'red', '5%', '10.0.0.1', '2026-11-22', 'v1'];
  const names = [
    'a',
    'b',
    'c',
    'n',
    'name',
    'tags',
    'number',
    'protocol',
    'mode',
    'color',
    'apiVersion',
    'kind',
    'metadata',
  ];
  const values = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...leaves),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3 }),
    ),
  }));
  const left = new Set(onlyByTheServer.map(([field]) => field));
  const specs = fc.dictionary(
    fc.constantFrom(...Object.keys(fields).filter((field) => !left.has(field))),
    values.value,
    { minKeys: 1, maxKeys: 2 },
  );
  await fc.assert(
    fc.asyncProperty(specs, async (spec) => {
      const answer = await judge({ spec });
      const findings = check(sample({ spec }), schema).map(({ message }) => message);
      expect({ refused: answer.status >= 400, findings, text: answer.text }).toMatchObject({
        refused: findings.length > 0,
      });
    }),
    { numRuns: 1000, seed: 1 },
  );
});
