import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestsOf } from '../../../src/manifest/content.ts';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { describe as name } from '../../../src/manifest/manifest.ts';
import { type Departure, type Pair, pairUp, sharedClaims } from '../../../src/plan/pairs.ts';
import { desired, owner, ref } from '../../support/make.ts';

const a = owner('a');
const recorded = (text: string, fields: JsonObject): Departure => {
  return { reference: ref(text), content: digestsOf(desired(text, fields)).content };
};
/** As it was applied, and looked up. */
const seen = (text: string, fields: JsonObject): Departure => {
  const { manifest, reference } = desired(text, fields);
  const fieldsV1 = Object.fromEntries(Object.keys(fields).map((field) => [`f:${field}`, {}]));
  const managedFields = [{ manager: a.manager, operation: 'Apply', fieldsV1 }];
  return { reference, live: { ...manifest, metadata: { ...manifest.metadata, managedFields } } };
};
const names = (pairs: readonly Pair[]) =>
  pairs.map(({ arrival, departure }) => `${name(departure.reference)} → ${name(arrival.reference)}`).sort();
const data = (...values: readonly string[]) => ({
  data: Object.fromEntries(values.map((value, index) => [`key${index}`, value])),
});

describe('an object is recognised under another name', () => {
  test.each([
    ['in its namespace', 'ConfigMap shop/new'],
    ['in another namespace', 'ConfigMap store/old'],
    ['in another namespace, and with another name, too', 'ConfigMap store/new'],
  ])('%s, by the digest of its content', (_, text) => {
    const pairs = pairUp(a, [desired(text, data('1'))], [recorded('ConfigMap shop/old', data('1'))]);
    expect(names(pairs)).toEqual([`ConfigMap shop/old → ${text}`]);
  });

  test('not when the content is another one, and nothing more is known', () => {
    expect(pairUp(a, [desired('ConfigMap shop/new', data('2'))], [recorded('ConfigMap shop/old', data('1'))])).toEqual(
      [],
    );
    expect(pairUp(a, [desired('ConfigMap shop/new', data('1'))], [{ reference: ref('ConfigMap shop/old') }])).toEqual(
      [],
    );
  });

  test('not without content: all of these are alike', () => {
    expect(pairUp(a, [desired('ServiceAccount shop/new')], [recorded('ServiceAccount shop/old', {})])).toEqual([]);
  });

  test('among others of the same content, by its name and then by its namespace', () => {
    const arrivals = ['store/x', 'store/y', 'shop/z'].map((text) => desired(`ConfigMap ${text}`, data('1')));
    const departures = ['shop/x', 'shop/y'].map((text) => recorded(`ConfigMap ${text}`, data('1')));
    expect(names(pairUp(a, arrivals, departures))).toEqual([
      'ConfigMap shop/x → ConfigMap store/x',
      'ConfigMap shop/y → ConfigMap store/y',
    ]);
    const other = pairUp(a, arrivals, [recorded('ConfigMap shop/w', data('1'))]);
    expect(names(other)).toEqual(['ConfigMap shop/w → ConfigMap shop/z']);
  });

  test('not where several fit as well', () => {
    const twice = ['shop/x', 'shop/y'].map((text) => desired(`ConfigMap ${text}`, data('1')));
    expect(pairUp(a, twice, [recorded('ConfigMap shop/w', data('1'))])).toEqual([]);
    expect(pairUp(a, twice, [seen('ConfigMap shop/w', data('1'))])).toEqual([]);
    expect(
      pairUp(
        a,
        [desired('ConfigMap shop/w', data('1'))],
        twice.map(({ reference }) => recorded(`ConfigMap ${reference.namespace}/${reference.name}`, data('1'))),
      ),
    ).toEqual([]);
  });
});

describe('an object that was looked up is recognised', () => {
  test('when seven of ten values are the same, and not with fewer', () => {
    const ten = Array.from('abcdefghij');
    const like = (count: number) => data(...ten.map((value, index) => (index < count ? value : `${value}${value}`)));
    const old = seen('ConfigMap shop/old', data(...ten));
    expect(names(pairUp(a, [desired('ConfigMap shop/new', like(7))], [old]))).toHaveLength(1);
    expect(pairUp(a, [desired('ConfigMap shop/new', like(6))], [old])).toEqual([]);
  });

  test('as the one that is most like it', () => {
    const olds = [
      seen('ConfigMap shop/a', data('1', '2', '3', '4')),
      seen('ConfigMap shop/b', data('1', '2', '3', '5')),
    ];
    const news = [
      desired('ConfigMap shop/c', data('1', '2', '3', '4')),
      desired('ConfigMap shop/d', data('1', '2', '3', '6')),
    ];
    expect(names(pairUp(a, news, olds))).toEqual([
      'ConfigMap shop/a → ConfigMap shop/c',
      'ConfigMap shop/b → ConfigMap shop/d',
    ]);
  });

  test('as the one that has the port which only one Service can have, whatever else differs', () => {
    const spec = (nodePort: number, app: string) => ({ spec: { selector: { app }, ports: [{ port: 80, nodePort }] } });
    const olds = [seen('Service shop/a', spec(30_001, 'a')), seen('Service shop/b', spec(30_002, 'b'))];
    const [pair, ...others] = pairUp(a, [desired('Service shop/c', spec(30_002, 'z'))], olds);
    expect(names(pair ? [pair] : [])).toEqual(['Service shop/b → Service shop/c']);
    expect(others).toEqual([]);
    expect(pair && sharedClaims(pair)).toEqual(['nodePort 30002']);
  });

  test('not when it wants what two of them have', () => {
    const ports = (...nodePorts: number[]) => ({
      spec: { ports: nodePorts.map((nodePort, index) => ({ name: `p${index}`, port: index, nodePort })) },
    });
    const olds = [seen('Service shop/a', ports(30_001)), seen('Service shop/b', ports(30_002))];
    const greedy = desired('Service shop/c', ports(30_001, 30_002));
    expect(pairUp(a, [greedy], olds)).toEqual([]);
    const spec = { type: 'NodePort', selector: { app: 'd' }, ports: [{ name: 'd', port: 9, nodePort: 30_002 }] };
    expect(pairUp(a, [greedy, desired('Service shop/d', { spec })], olds)).toEqual([]);
  });
});

test('what is recognised does not depend on the order, and no object is taken twice', () => {
  const contents = fc.array(fc.constantFrom('1', '2'), { minLength: 3, maxLength: 4 });
  const side = fc.uniqueArray(fc.record({ at: fc.nat(11), values: contents, isSeen: fc.boolean() }), {
    selector: ({ at }) => at,
    maxLength: 6,
  });
  const place = (at: number) => `ConfigMap ${['shop', 'store', 'stall'][at % 3]}/c${Math.floor(at / 3)}`;
  fc.assert(
    fc.property(side, side, fc.nat(), (news, olds, seed) => {
      const arrivals = news.map(({ at, values }) => desired(place(at), data(...values)));
      const taken = new Set(news.map(({ at }) => at));
      const departures = olds
        .filter(({ at }) => !taken.has(at))
        .map(({ at, values, isSeen }) => (isSeen ? seen : recorded)(place(at), data(...values)));
      const shuffled = <T>(list: readonly T[]) =>
        [...list.slice(seed % (list.length || 1)), ...list.slice(0, seed % (list.length || 1))].reverse();
      const pairs = pairUp(a, arrivals, departures);
      expect(names(pairUp(a, shuffled(arrivals), shuffled(departures)))).toEqual(names(pairs));
      expect(new Set(pairs.map(({ arrival }) => arrival)).size).toBe(pairs.length);
      expect(new Set(pairs.map(({ departure }) => departure)).size).toBe(pairs.length);
    }),
  );
});
