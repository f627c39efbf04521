/** What goes with the fields that an applier gives up: the same in memory as on the server, whoever holds what. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FieldSet, isEmpty, unionOf } from '../../src/manifest/field-set.ts';
import { canonicalJson } from '../../src/manifest/json.ts';
import { heldFields } from '../../src/manifest/managed-fields.ts';
import type { JsonValue, Manifest } from '../../src/manifest/manifest.ts';
import { pruned } from '../../src/manifest/prune.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let namespace: string;
let group: string;

const text = { type: 'string' };
const struct = (properties: object) => ({ type: 'object', properties });
const map = (additionalProperties: object) => ({ type: 'object', additionalProperties });
const list = (items: object, kind: object) => ({ type: 'array', items, ...kind });
const item = {
  ...struct({ name: text, v: text, w: text, options: struct({ one: text, two: text }) }),
  required: ['name'],
};
const spec = struct({
  a: text,
  b: text,
  part: struct({ x: text, y: text, deep: struct({ m: text, n: text }) }),
  map: map(text),
  structs: map(struct({ p: text, q: text })),
  items: list(item, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  set: list(text, { 'x-kubernetes-list-type': 'set' }),
  atomic: list(text, {}),
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
});
/** Every kind of thing that a set of fields can name. */
const full = {
  a: '1',
  b: '2',
  part: { x: '1', y: '2', deep: { m: '1', n: '2' } },
  map: { one: '1', two: '2' },
  structs: { u: { p: '1', q: '2' }, v: { p: '3', q: '4' } },
  items: [
    { name: 'first', v: '1', w: '2', options: { one: '1', two: '2' } },
    { name: 'second', v: '3', w: '4', options: { one: '3' } },
  ],
  set: ['s', 't'],
  atomic: ['x', 'y'],
  free: { one: { two: '1', three: { four: '2' } }, five: '3' },
};

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  group = `${namespace}.example.org`;
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: struct({ spec }) } }];
  await cluster.create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' }, versions },
  } as never);
  await waitFor('the kind', async () => (await cluster.request('GET', `/apis/${group}/v1`)).status === 200);
});
afterAll(() => cluster.close());

const thing = (fields: object) => ({
  apiVersion: `${group}/v1`,
  kind: 'Thing',
  metadata: { name: 'it', namespace },
  ...fields,
});

/** Some fields of a set; whoever has an item or an entry of a map has its key, as every writer has it. */
function someOf(set: FieldSet): fc.Arbitrary<FieldSet> {
  const parts = Object.entries(set)
    .filter(([element]) => element !== '.')
    .map(([element, below]) =>
      isEmpty(below)
        ? fc.constantFrom<[string, FieldSet][]>([], [[element, below]])
        : someOf(below).map((some): [string, FieldSet][] => {
            const key = element.startsWith('k:') ? { 'f:name': {} } : {};
            const own = Object.hasOwn(below, '.') ? { '.': {} } : {};
            return isEmpty(some) ? [] : [[element, { ...own, ...some, ...key }]];
          }),
    );
  return fc.tuple(...parts).map((some) => Object.fromEntries(some.flat()));
}

/** Some of the fields of a value, with their values. */
function partOf(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value) && typeof value[0] === 'string') return fc.constantFrom(undefined, value);
  if (Array.isArray(value))
    return fc
      .tuple(
        ...value.map((each) => fc.option(partOf(each).map((some) => Object.assign({}, some, { name: each.name })))),
      )
      .map((items) => items.filter((each) => each !== null))
      .map((items) => (items.length > 0 ? items : undefined));
  if (typeof value !== 'object' || value === null) return fc.constantFrom(undefined, value);
  const fields = Object.entries(value).map(([name, inner]) => partOf(inner).map((some) => [name, some] as const));
  return fc.tuple(...fields).map((some) => {
    const left = some.filter(([, inner]) => inner !== undefined);
    return left.length > 0 ? Object.fromEntries(left) : undefined;
  });
}

/** Whatever of it is null is nothing. */
function plain(value: unknown): string {
  return canonicalJson(
    JSON.parse(JSON.stringify(value ?? {}), (_, inner) => (inner === null ? undefined : inner)) as JsonValue,
  );
}

it('goes as the server lets it go', async () => {
  const base = await cluster.apply<KubeObject>(thing({ spec: full }) as never, 'applier');
  const all = heldFields(base.metadata.managedFields as never);
  const entry = { apiVersion: `${group}/v1`, fieldsType: 'FieldsV1' };
  const anchor = {
    ...entry,
    manager: 'anchor',
    operation: 'Update',
    fieldsV1: { 'f:metadata': { 'f:labels': { 'f:x': {} } } },
  };
  const histories = fc.record({ held: someOf(all), others: someOf(all), sent: partOf(full) });
  await fc.assert(
    fc.asyncProperty(histories, async ({ held, others, sent }) => {
      const entries = [
        { ...entry, manager: 'applier', operation: 'Apply', fieldsV1: held },
        { ...entry, manager: 'other', operation: 'Update', fieldsV1: others },
      ].filter(({ fieldsV1 }) => !isEmpty(fieldsV1));
      const value = [...entries, anchor];
      await cluster.patch(thing({}), 'json-patch', [{ op: 'replace', path: '/metadata/managedFields', value }]);
      const live = (await cluster.get(thing({}))) as unknown as Manifest;
      const manifest = thing(sent === undefined ? {} : { spec: sent });
      const tried = await cluster.apply<KubeObject>(manifest as never, 'applier', { query: { dryRun: 'All' } });
      const keep = heldFields((tried.metadata.managedFields ?? []) as never);
      expect(plain(pruned(live, held, unionOf([keep, others]))['spec'])).toBe(plain(tried['spec']));
    }),
    { numRuns: 100 },
  );
});
