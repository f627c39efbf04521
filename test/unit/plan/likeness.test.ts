import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../../src/manifest/content.ts';
import type { JsonObject, JsonValue } from '../../../src/manifest/manifest.ts';
import { markedBy } from '../../../src/manifest/owner.ts';
import { asApplied, leavesIn, likeness } from '../../../src/plan/likeness.ts';
import { manifest, owner } from '../../support/make.ts';

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, 1, 'a', 'b'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('name', 'x', 'y', 'z'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const content = fc.dictionary(fc.constantFrom('spec', 'data', 'x'), json, { maxKeys: 3 });

describe('likeness', () => {
  test('is 1 for what is the same, and the same both ways', () => {
    fc.assert(
      fc.property(content, content, (one, other) => {
        expect(likeness(one, one)).toBe(Object.keys(one).length === 0 ? 0 : 1);
        expect(likeness(one, other)).toBe(likeness(other, one));
        expect(likeness(one, other)).toBeGreaterThanOrEqual(0);
        expect(likeness(one, other)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each<[number, JsonObject, JsonObject]>([
    [0, {}, {}],
    [0, { a: 1 }, {}],
    [0.5, { a: 1, b: 2 }, { a: 1, b: 3 }],
    [0.5, { a: 1 }, { a: 1, b: 3 }],
    [0.75, { spec: { a: [1, 2], b: { c: 'x', d: 'y' } } }, { spec: { a: [1, 2], b: { c: 'x', d: 'z' } } }],
    [
      1,
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 2 },
        ],
      },
      {
        ports: [
          { name: 'b', port: 2 },
          { name: 'a', port: 1 },
        ],
      },
    ],
    [0.5, { ports: [{ port: 1 }] }, { ports: [{ port: 1 }, { port: 2 }] }],
    [1, { a: {}, b: [] }, { a: {}, b: [] }],
    [0, { a: {} }, { a: [] }],
  ])('is %d', (share, one, other) => {
    expect(likeness(one, other)).toBe(share);
  });
});

test('the leaves of a content are its values that hold no others', () => {
  expect(leavesIn({})).toBe(0);
  expect(leavesIn({ a: {}, b: [1, { c: 'x', d: [] }] })).toBe(4);
});

test('an object as it was applied has neither marks nor what others and the server filled in', () => {
  const a = owner('a');
  const wanted = manifest('Deployment shop/web', { spec: { replicas: 2, ports: [{ name: 'http', port: 80 }] } });
  const marked = markedBy(a, { ...wanted, metadata: { ...wanted.metadata, labels: { app: 'web' } } });
  const mark = Object.keys(marked.metadata.annotations ?? {}).map((name) => `f:${name}`);
  const fieldsV1 = {
    'f:metadata': { 'f:labels': { 'f:app': {}, 'f:managed-by': {} }, 'f:annotations': { [mark[0] ?? '']: {} } },
    'f:spec': { 'f:replicas': {}, 'f:ports': { 'k:{"name":"http"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
  };
  const live = {
    ...marked,
    metadata: {
      ...marked.metadata,
      uid: 'u',
      labels: { ...marked.metadata.labels, other: 'x' },
      managedFields: [
        { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
        { manager: a.manager, operation: 'Apply', fieldsV1 },
      ],
    },
    spec: {
      replicas: 2,
      paused: true,
      ports: [
        { name: 'x', port: 1 },
        { name: 'http', port: 80, protocol: 'TCP' },
      ],
    },
  };
  expect(asApplied(a, live)).toEqual({ ...wanted, metadata: { ...wanted.metadata, labels: { app: 'web' } } });
  expect(contentOf(asApplied(owner('b'), live))).toEqual({});
});
