import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { madeAnew } from '../../../src/plan/anew.ts';
import { differencesOf } from '../../../src/plan/diff.ts';
import { manifest } from '../../support/make.ts';

/** What a plan shows when `current` is deleted, and the server makes `tried` of `wanted`. */
function shown(current: JsonObject, tried: JsonObject, wanted: JsonObject): string[] {
  const before = manifest('Service shop/web', current);
  const after = madeAnew(before, manifest('Service shop/web-trial', tried), manifest('Service shop/web', wanted));
  return differencesOf(before, after).map(({ path, before, after }) => `${path}: ${before} → ${after}`);
}

describe('an object that is made anew differs', () => {
  test('in what is wanted otherwise, and not in what the server fills in', () => {
    const spec = (type: string, clusterIP: string) => ({ spec: { type, clusterIP, clusterIPs: [clusterIP] } });
    expect(shown(spec('A', '10.0.0.1'), spec('B', '10.0.0.2'), { spec: { type: 'B' } })).toEqual(['spec.type: A → B']);
  });

  test('in what is not wanted any more', () => {
    expect(shown({ spec: { a: 1, b: 2 } }, { spec: { a: 1 } }, { spec: { a: 1 } })).toEqual(['spec.b: 2 → undefined']);
    const labels = (labels: Record<string, string>) => ({ metadata: { name: 'web', namespace: 'shop', labels } });
    const [before, after] = [labels({ a: '1', b: '2' }), labels({ a: '1' })];
    expect(shown(before, after, after)).toEqual(['metadata.labels.b: 2 → undefined']);
  });

  test('item by item in lists', () => {
    const ports = (...items: JsonObject[]) => ({ spec: { ports: items } });
    const current = ports({ name: 'b', port: 2, nodePort: 31_002 }, { name: 'a', port: 1, nodePort: 31_001 });
    const tried = ports({ name: 'a', port: 9, nodePort: 32_001 }, { name: 'b', port: 2, nodePort: 32_002 });
    const wanted = ports({ name: 'a', port: 9 }, { name: 'b', port: 2 });
    expect(shown(current, tried, wanted)).toEqual(['spec.ports[name=a].port: 1 → 9', 'spec.ports: b,a → a,b']);
  });

  test('in a value as the server spells it, and in nothing when it is the same', () => {
    expect(shown({ spec: { cpu: '1' } }, { spec: { cpu: '1' } }, { spec: { cpu: '1000m' } })).toEqual([]);
    expect(shown({ spec: { cpu: '1' } }, { spec: { cpu: '2' } }, { spec: { cpu: '2000m' } })).toEqual([
      'spec.cpu: 1 → 2',
    ]);
  });

  test('neither in its name nor in notes of controllers', () => {
    const noted = {
      metadata: { name: 'web', namespace: 'shop', uid: 'u', annotations: { seen: 'yes' }, finalizers: ['a/b'] },
    };
    expect(shown(noted, {}, {})).toEqual([]);
  });
});
