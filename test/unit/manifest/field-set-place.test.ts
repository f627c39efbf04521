import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutPlaces } from '../../../src/manifest/field-path.ts';
import { difference, union } from '../../../src/manifest/field-set.ts';
import { partAt, pathsOf, withValues } from '../../../src/manifest/field-set-place.ts';
import type { JsonValue } from '../../../src/manifest/manifest.ts';
import { anyObject, placesIn, setOf } from '../../support/any-object.ts';

const pod = {
  metadata: { finalizers: ['x/y'] },
  spec: {
    tolerations: [{ key: 'a' }],
    containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }],
  },
};
const container = { '.': {}, 'f:name': {}, 'f:image': {} };
const port = { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } };
const held = {
  'f:metadata': { 'f:finalizers': { 'v:"x/y"': {} } },
  'f:spec': {
    'f:tolerations': {},
    'f:containers': { 'k:{"name":"web"}': { ...container, 'f:ports': port } },
  },
};

describe('the part of a set at a place', () => {
  test.each([
    [['spec', 'containers', 0, 'image'], '.spec.containers[name="web"].image'],
    [['spec', 'containers', 0], '.spec.containers[name="web"]'],
    [
      ['spec', 'containers', 0, 'ports', 0, 'name'],
      '.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].name',
    ],
    [['metadata', 'finalizers', 0], '.metadata.finalizers[="x/y"]'],
    [['spec', 'tolerations'], '.spec.tolerations'],
  ])('at %j is %s', (place, path) => {
    const part = partAt(held, pod, place);
    expect(part && pathsOf(part)).toEqual([path]);
  });

  test('is nothing where nothing is held, and where only a part is asked for of what is held as one', () => {
    expect(partAt(held, pod, ['spec', 'containers', 0, 'ports', 0, 'protocol'])).toBeUndefined();
    expect(partAt(held, pod, ['spec', 'tolerations', 0, 'key'])).toBeUndefined();
    expect(partAt(held, pod, ['spec', 'containers', 1])).toBeUndefined();
    expect(partAt({}, pod, ['spec'])).toBeUndefined();
  });
});

describe('any set', () => {
  const some = anyObject
    .chain((value) => fc.tuple(fc.constant(value), fc.subarray(placesIn(value))))
    .map(([value, places]) => ({ value, places: places.map(({ place }) => place) }));

  test('has a part at each place, and does not have it when it is taken out', () => {
    fc.assert(
      fc.property(some, ({ value, places }) => {
        const set = setOf(value);
        for (const place of places) {
          const part = partAt(set, value, place);
          expect(part).toBeDefined();
          expect(partAt(difference(set, part ?? {}), value, place)).toBeUndefined();
        }
      }),
    );
  });

  test('brings back the values that were taken out at its places', () => {
    fc.assert(
      fc.property(some, ({ value, places }) => {
        fc.pre(places.length > 0);
        const parts = places.map((place) => partAt(setOf(value), value, place) ?? {});
        const back = withValues(withoutPlaces(value, places), parts.reduce(union), value);
        expect(sorted(back)).toEqual(sorted(value));
      }),
    );
  });
});

/** Lists by the names of their items: what is brought back into one comes last. */
function sorted(value: JsonValue | undefined): unknown {
  if (Array.isArray(value)) return new Map(value.map((item) => [item.name, sorted(item)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, sorted(field)]));
}
