/** Lists are read item by item, and say what they would say as a whole. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readListText } from '../../../src/cluster/list-text.ts';

const read = (text: string) => readListText(text, JSON.parse, (item) => item);

test('says the same as the whole text, however that is written', () => {
  const field = fc.tuple(fc.string(), fc.jsonValue());
  const list = fc.tuple(fc.array(fc.jsonValue()), fc.array(field), fc.array(field), fc.constantFrom(0, 1, '\t'));
  fc.assert(
    fc.property(list, ([items, before, after, indent]) => {
      const fields = { ...Object.fromEntries(before), items, ...Object.fromEntries(after), kind: 'List' };
      const text = `${JSON.stringify(fields, null, indent)}\n`;
      expect(read(text)).toEqual({ items: [], ...JSON.parse(text) });
    }),
  );
});

test('takes a field of any name for what it is', () => {
  const text = '{"__proto__":{"kind":"Other"},"items":[{"__proto__":1}]}';
  expect(read(text)).toEqual(JSON.parse(text));
  expect(read(text)['kind']).toBeUndefined();
});

test.each([
  ['without items', '{"kind":"List","items":null}'],
  ['with no item', '{"kind":"List","items":[ ]}'],
  ['that does not name them', '{"kind":"List"}'],
])('a list %s has none', (_, text) => {
  expect(read(text)).toEqual({ kind: 'List', items: [] });
});

test.each(['{"items":[1,}', '{"items":[1 2', '{"items":[{]}', '{kind:1}', '{"kind":}', '<html></html>'])(
  'text that is no list either says so or names no kind: %s',
  (text) => {
    const kindOf = () => {
      try {
        return read(text)['kind'];
      } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
      }
    };
    expect(kindOf()).toBeUndefined();
  },
);
