/** Owners of one plan do not wait for each other over fields that they want alike, or not any more. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { givesWay, sharedWishes } from '../../../src/plan/agreement.ts';
import { desired, entry, key, manifest, observed, owner } from '../../support/make.ts';

const web = 'Deployment shop/web';
const [a, b] = [owner('a'), owner('b')];
const agrees = (field: string, mine: JsonObject, theirs: JsonObject | 'nothing') =>
  givesWay(
    { field, manager: b.manager },
    manifest(web, mine),
    new Map([[b.manager, theirs === 'nothing' ? theirs : manifest(web, theirs)]]),
  );
const containers = (image: string) => ({
  spec: {
    containers: [
      { name: 'side' },
      { name: 'w]b', image, ports: [{ containerPort: 80, protocol: 'TCP', name: image }] },
    ],
  },
});

describe('a field that another owner of the plan holds', () => {
  test.each([
    ['.spec.replicas', { spec: { replicas: 2 } }, { spec: { replicas: 3 } }],
    [
      '.metadata.labels.app.kubernetes.io/name',
      { metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'x' } } },
      { metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'y' } } },
    ],
    ['.spec.containers[name="w]b"].image', containers('a'), containers('b')],
    ['.spec.containers[name="w]b"].ports[containerPort=80,protocol="TCP"].name', containers('a'), containers('b')],
    ['.spec.args', { spec: { args: ['a', 'b'] } }, { spec: { args: ['b', 'a'] } }],
  ])(
    '%s is free when that one wants the same value, or none, and not when it wants another one',
    (field, mine, other) => {
      expect(agrees(field, mine, mine)).toBe(true);
      expect(agrees(field, mine, { spec: {} })).toBe(true);
      expect(agrees(field, mine, 'nothing')).toBe(true);
      expect(agrees(field, mine, other)).toBe(false);
    },
  );

  test('is not free when its path cannot be followed, or its holder is not of the plan', () => {
    expect(agrees('.spec.set["x"]', { spec: { set: ['x'] } }, { spec: { set: ['x'] } })).toBe(false);
    expect(agrees('.spec.other', { spec: {} }, { spec: {} })).toBe(false);
    expect(givesWay({ field: '.spec', manager: 'hpa' }, manifest(web, { spec: {} }), new Map())).toBe(false);
    expect(givesWay({ field: '.spec', manager: 'hpa' }, manifest(web, { spec: {} }), undefined)).toBe(false);
  });
});

test('Owners that wait, and those with documents that cannot be read, give nothing up', () => {
  const problems = [{ code: 'MANIFEST_INVALID', message: 'line 3' }] as const;
  const wishes = sharedWishes([
    observed(a, { waits: 'its source is down', recorded: [entry(web)] }),
    observed(b, { wants: [], problems, recorded: [entry(web)] }),
    observed(owner('c'), { wants: [desired(web)] }),
    observed(owner('d'), { leaves: 'gone', recorded: [entry(web)] }),
  ]);
  const found = [...(wishes.get(key(web)) ?? [])].map(([manager, wish]) => [manager, wish === 'nothing']);
  expect(found).toEqual([
    [owner('c').manager, false],
    [owner('d').manager, true],
  ]);
});
