import { describe, expect, test } from 'vitest';
import { decode } from '../../../src/manifest/decode.ts';
import { buildDesiredSet, type DesiredSetOptions } from '../../../src/manifest/desired-set.ts';
import { digestOf } from '../../../src/manifest/json.ts';

const clusterWide = new Set(['Namespace', 'ClusterRole', 'CustomResourceDefinition']);
const known = new Set(['', 'apps', 'rbac.authorization.k8s.io', 'apiextensions.k8s.io', 'policy']);
const options: DesiredSetOptions = {
  namespace: 'shop',
  scopeOf: ({ group, kind }) => (known.has(group) ? (clusterWide.has(kind) ? 'Cluster' : 'Namespaced') : undefined),
};

function desired(text: string, artifact = 'A') {
  return buildDesiredSet(decode(text, { source: 'f.yaml', artifact }).manifests, options);
}

const names = (text: string) =>
  desired(text).objects.map(({ reference }) => `${reference.kind} ${reference.namespace}/${reference.name}`);
const one = (apiVersion: string, kind: string, metadata: string) =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n`;

const definition = (scope: string) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com, scope: ${scope}, names: {kind: Thing}}
`;

describe('namespaces', () => {
  test.each([
    ['of a namespaced kind without one is the default', one('v1', 'ConfigMap', '{name: a}'), ['ConfigMap shop/a']],
    [
      'of a namespaced kind with an empty one is the default',
      one('v1', 'ConfigMap', '{name: a, namespace: ""}'),
      ['ConfigMap shop/a'],
    ],
    ['that is written is kept', one('v1', 'ConfigMap', '{name: a, namespace: b}'), ['ConfigMap b/a']],
    ['of a cluster-wide kind is none', one('v1', 'Namespace', '{name: a}'), ['Namespace /a']],
    ['of a cluster-wide kind is taken away', one('v1', 'Namespace', '{name: a, namespace: b}'), ['Namespace /a']],
    ['of an unknown kind is the default', one('example.com/v1', 'Thing', '{name: a}'), ['Thing shop/a']],
    ['of an unknown kind is kept', one('example.com/v1', 'Thing', '{name: a, namespace: b}'), ['Thing b/a']],
    [
      'of a cluster-wide kind that the set defines is none',
      one('example.com/v1', 'Thing', '{name: a, namespace: b}') + definition('Cluster'),
      ['Thing /a', 'CustomResourceDefinition /things.example.com'],
    ],
    [
      'of a namespaced kind that the set defines is the default',
      definition('Namespaced') + one('example.com/v2', 'Thing', '{name: a}'),
      ['CustomResourceDefinition /things.example.com', 'Thing shop/a'],
    ],
    [
      'of a kind of the same name in another group is not touched',
      definition('Cluster') + one('other.com/v1', 'Thing', '{name: a}'),
      ['CustomResourceDefinition /things.example.com', 'Thing shop/a'],
    ],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
    expect(desired(text).problems).toEqual([]);
  });

  test('are in the manifest as in the reference', () => {
    const [first, second] = desired(
      one('v1', 'ConfigMap', '{name: a}') + one('v1', 'Namespace', '{name: b, namespace: c}'),
    ).objects;
    expect(first).toMatchObject({
      reference: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' },
    });
    expect(first?.manifest.metadata).toEqual({ name: 'a', namespace: 'shop' });
    expect(second?.manifest.metadata).toStrictEqual({ name: 'b' });
  });

  test('do not make two sets share a manifest', () => {
    const { manifests } = decode(one('v1', 'ConfigMap', '{name: a}'), { source: 'f' });
    buildDesiredSet(manifests, options);
    expect(manifests[0]?.manifest.metadata).toStrictEqual({ name: 'a' });
  });
});

describe('duplicates', () => {
  test('are refused with both places, and neither is kept', () => {
    const text =
      one('v1', 'ConfigMap', '{name: a}') +
      one('v1', 'ConfigMap', '{name: b}') +
      one('v1', 'ConfigMap', '{name: a, namespace: shop}');
    const { objects, problems } = desired(text);
    expect(objects.map(({ reference }) => reference.name)).toEqual(['b']);
    expect(problems.map(({ code, message }) => [code, message])).toMatchInlineSnapshot(`
      [
        [
          "MANIFEST_DUPLICATE",
          "f.yaml, artifact A, document 3, line 10, column 1: ConfigMap shop/a is written already in f.yaml, artifact A, document 1, line 2, column 1",
        ],
      ]
    `);
  });

  test('are reported once for each further place', () => {
    const { objects, problems } = desired(one('v1', 'ConfigMap', '{name: a}').repeat(3));
    expect(objects).toEqual([]);
    expect(problems).toHaveLength(2);
  });

  test('may differ in their version', () => {
    expect(desired(one('policy/v1', 'X', '{name: a}') + one('policy/v1beta1', 'X', '{name: a}')).problems).toHaveLength(
      1,
    );
  });

  test('are cluster-wide objects of two namespaces', () => {
    expect(
      desired(one('v1', 'Namespace', '{name: a, namespace: b}') + one('v1', 'Namespace', '{name: a, namespace: c}'))
        .problems,
    ).toHaveLength(1);
  });

  test('are not objects of another group, kind, namespace or name', () => {
    const texts = [
      one('v1', 'ConfigMap', '{name: a}'),
      one('v1', 'Secret', '{name: a}'),
      one('v1', 'ConfigMap', '{name: a, namespace: b}'),
      one('v1', 'ConfigMap', '{name: b}'),
      one('apps/v1', 'ConfigMap', '{name: a}'),
    ];
    expect(desired(texts.join('')).problems).toEqual([]);
  });
});

describe('digests', () => {
  const digest = (metadata: string) => desired(one('v1', 'ConfigMap', metadata)).objects[0]?.digest;

  test('are those of the manifest with its namespace', () => {
    const [object] = desired(one('v1', 'ConfigMap', '{name: a}')).objects;
    expect(object?.digest).toBe(
      digestOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'a' } }),
    );
  });

  test('do not tell a namespace that is written from one that is filled in', () => {
    expect(digest('{name: a}')).toBe(digest('{namespace: shop, name: a}'));
    expect(digest('{name: a}')).not.toBe(digest('{namespace: other, name: a}'));
  });
});

test('the origin is that of the manifest', () => {
  expect(desired(one('v1', 'ConfigMap', '{name: a}')).objects[0]?.origin).toEqual({
    source: 'f.yaml',
    artifact: 'A',
    document: 1,
    line: 2,
    column: 1,
  });
});
