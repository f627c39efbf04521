import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fitsField,
  fitsPattern,
  type Place,
  placesAt,
  placesFitting,
  valueAt,
  withoutPlaces,
  withValueAt,
} from '../../../src/manifest/field-path.ts';
import type { JsonObject, JsonValue } from '../../../src/manifest/manifest.ts';
import { anyObject, placesIn } from '../../support/any-object.ts';

const deployment = {
  metadata: { annotations: { 'foo/bar': '1', 'foo/bar.baz': '2', foo: '3' } },
  spec: {
    replicas: 2,
    containers: [
      { name: 'side', image: 'a' },
      {
        name: 'w"e].b',
        image: 'b',
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, protocol: 'UDP' },
        ],
      },
    ],
    finalizers: ['kubernetes', 'other'],
    ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }],
  },
};

describe('placesAt', () => {
  test.each<[path: string, places: Place[]]>([
    ['.spec.replicas', [['spec', 'replicas']]],
    ['.spec', [['spec']]],
    ['.metadata.annotations.foo/bar', [['metadata', 'annotations', 'foo/bar']]],
    ['.metadata.annotations.foo/bar.baz', [['metadata', 'annotations', 'foo/bar.baz']]],
    ['.spec.containers[name="side"].image', [['spec', 'containers', 0, 'image']]],
    ['.spec.containers[name="w\\"e].b"].image', [['spec', 'containers', 1, 'image']]],
    [
      '.spec.containers[name="w\\"e].b"].ports[containerPort=80,protocol="UDP"]',
      [['spec', 'containers', 1, 'ports', 1]],
    ],
    ['.spec.finalizers[="other"]', [['spec', 'finalizers', 1]]],
    ['.spec.ports[port=53,protocol="UDP"]', [['spec', 'ports', 1]]],
    ['.spec.ports[port=53,protocol="TCP"]', [['spec', 'ports', 0]]],
    ['.spec.containers[name="none"].image', []],
    ['.spec.containers.image', []],
    ['.spec.replicas.none', []],
    ['.spec.containers[name="si*"].image', []],
    ['.spec.containers[*].image', []],
    ['.spec.rep*', []],
    ['.spec.ports[protocol="SCTP"]', []],
  ])('finds %s', (path, places) => {
    expect(placesAt(deployment, path)).toEqual(places);
  });
});

describe('placesFitting', () => {
  test.each<[pattern: string, places: Place[]]>([
    ['spec.replicas', [['spec', 'replicas']]],
    ['.spec.replicas', [['spec', 'replicas']]],
    ['spec.containers[name=side].image', [['spec', 'containers', 0, 'image']]],
    [
      'spec.containers[*].image',
      [
        ['spec', 'containers', 0, 'image'],
        ['spec', 'containers', 1, 'image'],
      ],
    ],
    ['spec.containers[name=s*].image', [['spec', 'containers', 0, 'image']]],
    ['spec.containers[0].image', [['spec', 'containers', 0, 'image']]],
    ['metadata.annotations["foo/bar"]', [['metadata', 'annotations', 'foo/bar']]],
    [
      'metadata.annotations.foo/*',
      [
        ['metadata', 'annotations', 'foo/bar'],
        ['metadata', 'annotations', 'foo/bar.baz'],
      ],
    ],
    ['*.replicas', [['spec', 'replicas']]],
    ['nothing', []],
  ])('finds %s', (pattern, places) => {
    expect(placesFitting(deployment, pattern)).toEqual(places);
  });
});

test.each<[text: string, pattern: string, fits: boolean]>([
  ['kubectl-edit', 'kubectl*', true],
  ['kubectl', 'kubectl*', true],
  ['my-kubectl', 'kubectl*', false],
  ['a.b', 'a?b', false],
  ['axb', 'a.b', false],
  ['a\nb', 'a*b', true],
  ['', '*', true],
])('fitsPattern says of %j and %j: %s', (text, pattern, fits) => {
  expect(fitsPattern(text, pattern)).toBe(fits);
});

test('fitsField takes a field for what is above it, and for nothing that only starts alike', () => {
  expect(fitsField('.spec.template.spec', '.spec.template')).toBe(true);
  expect(fitsField('.spec.items[name="a"]', 'spec.items')).toBe(true);
  expect(fitsField('.spec.templates', '.spec.template')).toBe(false);
  expect(fitsField('.spec', '.spec.template')).toBe(false);
});

/** Every leaf by its place; an item of a list by its name. */
function leavesOf(value: JsonValue, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${at} ${JSON.stringify(value)}`];
  if (Array.isArray(value))
    return value.flatMap((item: JsonObject) => leavesOf(item, `${at}/${JSON.stringify(item['name'])}`));
  return Object.entries(value as JsonObject).flatMap(([name, field]) =>
    leavesOf(field as JsonValue, `${at}/${JSON.stringify(name)}`),
  );
}

describe('any path of the API server', () => {
  test('is found at its place', () => {
    fc.assert(
      fc.property(anyObject, (value) => {
        for (const { place, path } of placesIn(value)) {
          expect(placesAt(value, path)).toContainEqual(place);
          expect(valueAt(value, place)).toBeDefined();
        }
      }),
    );
  });

  test('gets another value, and nothing else does, nor is the value changed in place', () => {
    fc.assert(
      fc.property(anyObject, (value) => {
        const before = structuredClone(value);
        for (const { place } of placesIn(value)) {
          const changed = withValueAt(value, place, 'other');
          expect(valueAt(changed, place)).toBe('other');
          expect(withValueAt(changed, place, valueAt(value, place) as JsonValue)).toEqual(value);
        }
        expect(value).toEqual(before);
      }),
    );
  });

  test('is removed with what is below it, and nothing else is, nor is the value changed in place', () => {
    const some = anyObject.chain((value) => fc.tuple(fc.constant(value), fc.subarray(placesIn(value))));
    fc.assert(
      fc.property(some, ([value, chosen]) => {
        const before = structuredClone(value);
        const removed = withoutPlaces(
          value,
          chosen.map(({ place }) => place),
        );
        expect(value).toEqual(before);
        const isBelow = (leaf: string) => chosen.some(({ place }) => isAt(value, place, leaf));
        expect(leavesOf(removed)).toEqual(leavesOf(value).filter((leaf) => !isBelow(leaf)));
      }),
    );
  });
});

function isAt(value: JsonValue, place: Place, leaf: string): boolean {
  let at = '';
  let current: JsonValue | undefined = value;
  for (const step of place) {
    current = valueAt(current, [step]);
    at += `/${JSON.stringify(typeof step === 'number' ? (current as JsonObject)['name'] : step)}`;
  }
  return leaf.startsWith(`${at}/`) || leaf.startsWith(`${at} `);
}
