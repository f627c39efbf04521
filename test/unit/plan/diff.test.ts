import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/manifest/manifest.ts';
import { differencesOf } from '../../../src/plan/diff.ts';
import { live, manifest, owner } from '../../support/make.ts';

/** Differences between two states of `spec`. */
function inSpec(before: JsonValue | undefined, after: JsonValue | undefined) {
  const of = (spec: JsonValue | undefined) => manifest('Deployment shop/web', spec === undefined ? {} : { spec });
  return differencesOf(of(before), of(after));
}

describe('plain fields', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject[]]>([
    ['a changed one', { replicas: 1 }, { replicas: 2 }, [{ path: 'spec.replicas', before: 1, after: 2 }]],
    ['a new one', {}, { paused: false }, [{ path: 'spec.paused', after: false }]],
    ['a removed one', { text: '' }, {}, [{ path: 'spec.text', before: '' }]],
    ['another type', { port: 80 }, { port: '80' }, [{ path: 'spec.port', before: 80, after: '80' }]],
    [
      'a large integer',
      { id: 9007199254740993n },
      { id: 9007199254740992n },
      [{ path: 'spec.id', before: 9007199254740993n, after: 9007199254740992n }],
    ],
    ['an object instead of a text', { a: 'x' }, { a: { b: 1 } }, [{ path: 'spec.a', before: 'x', after: { b: 1 } }]],
    ['a nested one', { a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, [{ path: 'spec.a.b.c', before: 1, after: 2 }]],
  ])('%s is one difference', (_case, before, after, expected) => {
    expect(inSpec(before, after)).toEqual(expected);
  });

  test('equal states have none', () => {
    const spec = { replicas: 1, list: [1, { a: null }], id: 9007199254740993n };
    expect(inSpec(spec, structuredClone(spec))).toEqual([]);
  });

  test.each([
    ['app.kubernetes.io/name', 'spec["app.kubernetes.io/name"]'],
    ['a b', 'spec["a b"]'],
    ['say "hi"', 'spec["say \\"hi\\""]'],
    ['', 'spec[""]'],
    ['7', 'spec["7"]'],
    ['kebab-case', 'spec.kebab-case'],
  ])('the key "%s" is written %s', (field, path) => {
    expect(inSpec({ [field]: 1 }, { [field]: 2 })).toEqual([{ path, before: 1, after: 2 }]);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('a new key "%s" has no value from before', (field) => {
    expect(inSpec({}, { [field]: 'x' })).toEqual([{ path: `spec.${field}`, after: 'x' }]);
  });
});

describe('empty and missing values', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['null and missing', { rules: null }, {}],
    ['null and an empty list', { rules: null }, { rules: [] }],
    ['null and an empty mapping', { labels: null }, { labels: {} }],
  ])('%s are the same', (_case, one, other) => {
    expect(inSpec(one, other)).toEqual([]);
    expect(inSpec(other, one)).toEqual([]);
  });

  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'an empty selector means all',
      { from: [{ pods: 1 }] },
      { from: [{ pods: 1, namespaces: {} }] },
      { path: 'spec.from[0].namespaces', after: {} },
    ],
    ['an empty rule allows everything', { ingress: [] }, { ingress: [{}] }, { path: 'spec.ingress[0]', after: {} }],
    ['an empty list is not a missing one', { ingress: [] }, {}, { path: 'spec.ingress', before: [] }],
    ['a null in a list is an item', { list: [1, null] }, { list: [1] }, { path: 'spec.list[1]', before: null }],
    ['null is not an empty text', { text: null }, { text: '' }, { path: 'spec.text', before: null, after: '' }],
    ['null is not false', { flag: null }, { flag: false }, { path: 'spec.flag', before: null, after: false }],
  ])('%s, so it is a difference', (_case, before, after, expected) => {
    expect(inSpec(before, after)).toEqual([expected]);
  });
});

describe('lists', () => {
  test('items are told apart by their name', () => {
    const before = {
      containers: [
        { name: 'web', image: 'a:1' },
        { name: 'old', image: 'b' },
      ],
    };
    const after = {
      containers: [
        { name: 'new', image: 'c' },
        { name: 'web', image: 'a:2' },
      ],
    };
    expect(inSpec(before, after)).toEqual([
      { path: 'spec.containers[name=web].image', before: 'a:1', after: 'a:2' },
      { path: 'spec.containers[name=old]', before: { name: 'old', image: 'b' } },
      { path: 'spec.containers[name=new]', after: { name: 'new', image: 'c' } },
    ]);
  });

  test('ports without names are told apart by their number, and by their place where that is not enough', () => {
    const port = (number: number, protocol: string) => ({ containerPort: number, protocol });
    expect(inSpec({ ports: [port(80, 'TCP')] }, { ports: [port(80, 'UDP')] })).toEqual([
      { path: 'spec.ports[containerPort=80].protocol', before: 'TCP', after: 'UDP' },
    ]);
    expect(
      inSpec({ ports: [port(53, 'TCP'), port(53, 'UDP')] }, { ports: [port(53, 'TCP'), port(53, 'SCTP')] }),
    ).toEqual([{ path: 'spec.ports[1].protocol', before: 'UDP', after: 'SCTP' }]);
  });

  test('plain items are told apart by their place', () => {
    expect(inSpec({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] })).toEqual([
      { path: 'spec.args[1]', before: 'b', after: 'c' },
      { path: 'spec.args[2]', after: 'd' },
    ]);
  });

  test('another order of named items is a difference: init containers and steps run in theirs', () => {
    const step = (name: string) => ({ name, run: name });
    expect(inSpec({ steps: [step('build'), step('test')] }, { steps: [step('test'), step('build')] })).toEqual([
      { path: 'spec.steps', before: ['build', 'test'], after: ['test', 'build'] },
    ]);
  });

  test('an item put in between changes no order', () => {
    const step = (name: string) => ({ name });
    expect(inSpec({ steps: [step('a'), step('c')] }, { steps: [step('a'), step('b'), step('c')] })).toEqual([
      { path: 'spec.steps[name=b]', after: { name: 'b' } },
    ]);
  });

  test('keys that read the same are not confused', () => {
    const before = {
      items: [
        { key: 80, v: 1 },
        { key: '80', v: 2 },
      ],
    };
    const after = {
      items: [
        { key: 80, v: 3 },
        { key: '80', v: 2 },
      ],
    };
    expect(inSpec(before, after)).toEqual([{ path: 'spec.items[0].v', before: 1, after: 3 }]);
  });

  test('a list that loses all of its items shows each', () => {
    expect(inSpec({ env: [{ name: 'A' }, { name: 'B' }] }, { env: [] })).toEqual([
      { path: 'spec.env[name=A]', before: { name: 'A' } },
      { path: 'spec.env[name=B]', before: { name: 'B' } },
    ]);
  });
});

describe('what the server writes', () => {
  test('is no difference: bookkeeping, status and the marks of owners', () => {
    const base = manifest('Deployment shop/web', {}, { note: 'x' });
    const server = { uid: '1', resourceVersion: '2', generation: 3, creationTimestamp: 'now', managedFields: [{}] };
    const annotations = { ...live('ConfigMap any', [owner('a')]).annotations, note: 'x' };
    const after = { ...base, status: { ready: 1 }, metadata: { ...base.metadata, ...server, annotations } };
    expect(differencesOf(base, after)).toEqual([]);
  });

  test('labels and other annotations are differences', () => {
    const before = manifest('Deployment shop/web');
    const after = { ...before, metadata: { ...before.metadata, labels: { team: 'x' }, annotations: { 'a/b': 'y' } } };
    expect(differencesOf(before, after)).toEqual([
      { path: 'metadata.annotations["a/b"]', after: 'y' },
      { path: 'metadata.labels', after: { team: 'x' } },
    ]);
  });
});
