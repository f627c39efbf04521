import { expect, test } from 'vitest';
import { bounded } from '../../../src/engine/bounded.ts';
import { compile, inputOf } from '../../../src/manifest/expression.ts';

test('Work that ends gives its result', () => {
  expect(bounded(() => 5)).toBe(5);
});

test('Work that fails throws', () => {
  expect(() => bounded(() => JSON.parse('{'))).toThrow(SyntaxError);
});

const ten = '[1,2,3,4,5,6,7,8,9,10]';
const nested = (depth: number): string => (depth === 0 ? 'true' : `${ten}.all(a${depth}, ${nested(depth - 1)})`);

test.each([
  ['of loops', nested(9)],
  ['of a pattern', `'${'a'.repeat(60)}b'.matches('^(a+)+$')`],
])('Work that does not end because %s is broken off, and other work goes on', (_title, text) => {
  const expression = compile(text);
  const input = inputOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } });
  expect(bounded(() => expression(input))).toBeUndefined();
  expect(bounded(() => compile('1 == 1')(input))).toEqual({ holds: true });
});
