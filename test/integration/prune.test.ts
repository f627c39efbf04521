/** What goes with the fields that an applier gives up: the same in memory as on the server, whoever holds what. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FieldSet, isEmpty, unionOf } from '../../src/manifest/field-set.ts';
import { canonicalJson } from '../../src/manifest/json.ts';
import { heldFields } from '../../src/manifest/managed-fields.ts';
import type { JsonValue, Manifest } from '../../src/manifest/manifest.ts';
import { pruned } from '../../src/manifest/prune.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { defineThings, full, partOf } from '../support/things.ts';

let cluster: Cluster;
let namespace: string;
let group: string;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  group = `${namespace}.example.org`;
  await defineThings(cluster, group);
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
