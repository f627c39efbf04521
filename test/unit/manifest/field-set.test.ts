import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference, type FieldSet, isEmpty, present, union, without } from '../../../src/manifest/field-set.ts';

const pod = {
  spec: {
    nodeName: 'one',
    containers: [
      { name: 'web', image: 'web:1', args: ['a', 'b'] },
      { name: 'log', image: 'log:1' },
    ],
  },
  metadata: { finalizers: ['x/y', 'z/w'], labels: { app: 'web' } },
};

describe('a set of fields', () => {
  test('is taken out of a value: fields, items by key and by value, and what is empty then', () => {
    const set = {
      'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x/y"': {} }, 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': { 'f:args': {} },
          'k:{"name":"log"}': { '.': {}, 'f:name': {}, 'f:image': {} },
        },
      },
    };
    expect(JSON.parse(JSON.stringify(without(pod, set)))).toEqual({
      spec: { nodeName: 'one', containers: [{ name: 'web', image: 'web:1' }] },
      metadata: { finalizers: ['z/w'] },
    });
  });

  test('keeps an item of which somebody else has a field', () => {
    const set = { 'f:spec': { 'f:containers': { 'k:{"name":"log"}': { '.': {}, 'f:image': {} } } } };
    expect(JSON.parse(JSON.stringify(without(pod, set))).spec.containers[1]).toEqual({ name: 'log' });
  });

  test('names only what is not there', () => {
    const set = { 'f:data': {}, 'f:spec': { 'f:nodeName': {}, 'f:none': {} } };
    expect(present(set, pod)).toEqual({ 'f:spec': { 'f:nodeName': {} } });
  });

  test('tells an object that is a member from one that only has members', () => {
    const whole = { 'f:spec': { '.': {}, 'f:a': {} } };
    expect(difference(whole, { 'f:spec': { 'f:a': {} } })).toEqual({ 'f:spec': { '.': {} } });
    expect(difference(whole, { 'f:spec': {} })).toEqual({ 'f:spec': { 'f:a': {} } });
    expect(union({ 'f:spec': {} }, { 'f:spec': { 'f:a': {} } })).toEqual(whole);
  });

  const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1');
  const dot = fc.constantFrom<FieldSet>({}, { '.': {} });
  const { root } = fc.letrec<{ below: FieldSet; root: FieldSet }>((tie) => ({
    root: fc.dictionary(element, tie('below'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    below: fc.oneof(
      { depthSize: 'small' },
      fc.constant({}),
      fc.tuple(dot, tie('root')).map(([itself, members]) => ({ ...itself, ...members })),
    ),
  }));
  const members = (set: FieldSet, path = ''): string[] =>
    isEmpty(set)
      ? [path]
      : Object.entries(set).flatMap(([name, below]) => (name === '.' ? [path] : members(below, `${path}/${name}`)));

  test('is united and subtracted as sets are', () => {
    fc.assert(
      fc.property(root, root, (one, other) => {
        const [first, second] = [new Set(members(one)), new Set(members(other))];
        expect(new Set(members(union(one, other)))).toEqual(new Set([...first, ...second]));
        const left = difference(one, other);
        const expected = [...first].filter((path) => !second.has(path));
        expect(new Set(isEmpty(left) ? [] : members(left))).toEqual(new Set(expected));
      }),
    );
  });
});
