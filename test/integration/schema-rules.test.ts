/** Rules of schemas in CEL, held to what a real API server makes of the same rules and the same objects. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { stringifyJson } from '../../src/manifest/json.ts';
import type { JsonObject, JsonValue, Manifest } from '../../src/manifest/manifest.ts';
import { loadSchemaCheck, type SchemaCheck } from '../../src/manifest/schema.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { waitFor } from '../support/wait-for.ts';

const text = { type: 'string', maxLength: 20 };
const integer = { type: 'integer' };
const rules = (...all: readonly (string | JsonObject)[]): JsonObject => ({
  'x-kubernetes-validations': all.map((rule) => (typeof rule === 'string' ? { rule } : rule)),
});
const object = (properties: JsonObject, ...all: readonly (string | JsonObject)[]): JsonObject => ({
  type: 'object',
  properties,
  ...(all.length > 0 && rules(...all)),
});
const fields: Record<string, JsonObject> = {
  range: object({ min: integer, max: integer }, { rule: 'self.min <= self.max', message: 'min must not be above max' }),
  pair: object({ a: text, b: text }, '!has(self.a) || has(self.b)'),
  inner: object(
    { a: object({ b: text }), c: text },
    { rule: '!has(self.a) || has(self.c)', message: 'needs c', fieldPath: '.a.b' },
    { rule: '!has(self.c) || self.c != "x"', message: 'is not x', fieldPath: "['c']" },
  ),
  filled: object({ a: { ...text, default: 'x' }, b: text }, 'has(self.a) && self.a != self.?b.orValue("")'),
  number: { type: 'number', ...rules('self > 1 && self <= 5.5', 'self != 3.0') },
  integer: { type: 'integer', ...rules('self % 2 == 0', 'self / 2 < 5', 'double(self) > -3.5') },
  either: { 'x-kubernetes-int-or-string': true, ...rules('type(self) == int ? self < 5 : self.endsWith("%")') },
  list: {
    type: 'array',
    maxItems: 5,
    items: text,
    ...rules('self.all(x, x.startsWith("a"))', 'self.exists_one(x, size(x) == 1)', '"abc" in self || self.size() < 3'),
  },
  things: {
    type: 'array',
    maxItems: 5,
    items: object({ name: text, size: integer }, 'self.size > 0'),
    ...rules('self.filter(x, x.size > 5).map(x, x.name).size() <= 1'),
  },
  map: {
    type: 'object',
    maxProperties: 5,
    additionalProperties: integer,
    ...rules('self.all(k, self[k] > 0)', '!("a-b" in self)'),
  },
  names: object(
    { in: integer, 'dash-ed': integer, 'a.b': integer, x__y: integer },
    'self.__in__ == 1',
    'self.dash__dash__ed == 2',
    'self.a__dot__b == 3',
    'self.x__underscores__y == 4',
  ),
  words: {
    ...text,
    ...rules(
      'self.matches("^[a-z😀]+$")',
      'self.size() < 5',
      'self.contains("x")',
      '!(self in ["xx", "xy"])',
      'self.indexOf("x") < 2',
    ),
  },
  cases: {
    ...text,
    ...rules('self.lowerAscii() == self', 'self.split(",").size() < 3', 'self.replace("a", "b") != "bb"'),
  },
  flag: { type: 'boolean', ...rules('self') },
  changing: { ...text, ...rules('self == oldSelf') },
  set: { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: text, ...rules('self == ["a", "b"]') },
  moment: { ...text, format: 'date-time', maxLength: 40, ...rules('self > timestamp("2026-01-01T00:00:00Z")') },
  absent: { ...object({ a: text, n: { ...text, nullable: true } }, 'has(self.n)') },
  regex: { ...text, ...rules('self.matches("(?i)^abc\\\\z")') },
};

let cluster: Cluster;
let check: SchemaCheck;
let namespace: string;
let schema: JsonObject;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  schema = {
    ...object({ spec: object(fields) }),
    ...rules('self.metadata.name.startsWith("s") && self.kind == "Rule"'),
  };
  check = await loadSchemaCheck([schema]);
  const group = `${namespace}.example.org`;
  await cluster.create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `rules.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'rules', kind: 'Rule' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  } as unknown as Reference);
  await waitFor('the kind to be served', async () => (await judge({})).status < 300);
});
afterAll(() => cluster.close());

function sample(spec: JsonObject, name = 'sample'): Manifest {
  return { apiVersion: `${namespace}.example.org/v1`, kind: 'Rule', metadata: { name, namespace }, spec };
}

function judge(spec: JsonObject, name = 'sample') {
  return cluster.request('PATCH', `/apis/${namespace}.example.org/v1/namespaces/${namespace}/rules/${name}`, {
    body: stringifyJson(sample(spec, name)),
    headers: { 'content-type': 'application/apply-patch+yaml' },
    query: { fieldManager: 'test', fieldValidation: 'Strict', dryRun: 'All' },
  });
}

const said = (spec: JsonObject, name?: string) => check(sample(spec, name), schema).map(({ message }) => message);
const must = (field: string, rule: string) => `spec.${field}: must satisfy ${rule}`;

test.each<[field: string, value: JsonValue]>([
  ['range', { min: 1, max: 1 }],
  ['pair', { b: 'x' }],
  ['filled', { b: 'y' }],
  ['number', 5],
  ['number', 5.5],
  ['integer', -2],
  ['either', 4],
  ['either', '5%'],
  ['list', ['a', 'aa', 'abc']],
  [
    'things',
    [
      { name: 'a', size: 9 },
      { name: 'b', size: 1 },
    ],
  ],
  ['map', { a: 1 }],
  ['names', { in: 1, 'dash-ed': 2, 'a.b': 3, x__y: 4 }],
  ['words', 'x😀'],
  ['words', '😀x'],
  ['cases', 'a,c'],
  ['flag', true],
  ['changing', 'x'],
  ['moment', '2026-11-22T12:00:00Z'],
  ['regex', 'ABC'],
])('%s: %j is accepted by both', async (field, value) => {
  const answer = await judge({ [field]: value });
  expect(answer.status, answer.text).toBeLessThan(300);
  expect(said({ [field]: value })).toEqual([]);
});

test.each<[field: string, value: JsonValue, message: string]>([
  ['range', { min: 2, max: 1 }, 'spec.range: min must not be above max'],
  ['pair', { a: 'x' }, must('pair', '!has(self.a) || has(self.b)')],
  ['inner', { a: { b: 'x' } }, 'spec.inner.a.b: needs c'],
  ['inner', { c: 'x' }, 'spec.inner: is not x'],
  ['filled', { b: 'x' }, must('filled', 'has(self.a) && self.a != self.?b.orValue("")')],
  ['number', 6, must('number', 'self > 1 && self <= 5.5')],
  ['number', 3, must('number', 'self != 3.0')],
  ['integer', 3, must('integer', 'self % 2 == 0')],
  ['integer', 12, must('integer', 'self / 2 < 5')],
  ['either', 5, must('either', 'type(self) == int ? self < 5 : self.endsWith("%")')],
  ['either', '5', must('either', 'type(self) == int ? self < 5 : self.endsWith("%")')],
  ['list', ['a', 'bb'], must('list', 'self.all(x, x.startsWith("a"))')],
  ['things', [{ name: 'a', size: 0 }], must('things[0]', 'self.size > 0')],
  ['map', { a: 0 }, must('map', 'self.all(k, self[k] > 0)')],
  ['map', { 'a-b': 1 }, must('map', '!("a-b" in self)')],
  ['names', { in: 1, 'dash-ed': 0, 'a.b': 3, x__y: 4 }, must('names', 'self.dash__dash__ed == 2')],
  ['words', 'Xx', must('words', 'self.matches("^[a-z😀]+$")')],
  ['words', 'xx', must('words', '!(self in ["xx", "xy"])')],
  ['cases', 'A', must('cases', 'self.lowerAscii() == self')],
  ['flag', false, must('flag', 'self')],
])('%s: %j is refused by both', async (field, value, message) => {
  const answer = await judge({ [field]: value });
  expect(answer.status, answer.text).toBe(422);
  expect(said({ [field]: value })).toEqual([message]);
});

test('rules on the whole object see its name', async () => {
  expect((await judge({}, 'other')).status).toBe(422);
  expect(said({}, 'other')).toEqual(['must satisfy self.metadata.name.startsWith("s") && self.kind == "Rule"']);
});

test.each<[why: string, spec: JsonObject]>([
  ['a rule that cannot be evaluated', { range: { min: 1 } }],
  ['a moment, which is no text in CEL', { moment: '2025-01-01T00:00:00Z' }],
  ['an expression of RE2', { regex: 'abd' }],
])('%s is left to the server', async (_, spec) => {
  expect((await judge(spec)).status).toBeGreaterThanOrEqual(400);
  expect(said(spec)).toEqual([]);
});

test('a set is the same in any order', async () => {
  expect((await judge({ set: ['b', 'a'] })).status).toBeLessThan(300);
  expect(said({ set: ['b', 'a'] })).toEqual([]);
});

test('whatever is written, the rules refuse nothing that the server accepts', async () => {
  const leaves = [null, true, false, 0, 1, 2, 4, 5, 6.5, -4, 1e15, '', 'a', 'x', 'aa', 'abc', 'A,b', '5%', '😀x'];
  const names = ['a', 'b', 'n', 'min', 'max', 'name', 'size', 'in', 'dash-ed', 'a.b', 'x__y', 'a-b'];
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...leaves),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const specs = fc.dictionary(fc.constantFrom(...Object.keys(fields)), value, { minKeys: 1, maxKeys: 2 });
  await fc.assert(
    fc.asyncProperty(specs, async (spec) => {
      const findings = said(spec);
      if (findings.length === 0) return;
      const answer = await judge(spec);
      expect({ refused: answer.status >= 400, findings }).toMatchObject({ refused: true });
    }),
    { numRuns: 1000, seed: 1 },
  );
});
