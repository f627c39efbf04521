import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/manifest/manifest.ts';
import { selectorText } from '../../../src/manifest/selector.ts';

const expressions = [
  { key: 'tier', operator: 'In', values: ['a', 'b'] },
  { key: 'zone', operator: 'NotIn', values: ['c'] },
  { key: 'x', operator: 'Exists' },
  { key: 'y', operator: 'DoesNotExist' },
];

test.each<[string, JsonValue | undefined, boolean, string | undefined]>([
  ['labels', { matchLabels: { app: 'web', 'a.io/b': 'c' } }, false, 'app=web,a.io/b=c'],
  ['expressions', { matchExpressions: expressions }, false, 'tier in (a,b),zone notin (c),x,!y'],
  ['plain labels', { app: 'web' }, true, 'app=web'],
  // An empty selector would select everything.
  ['nothing', {}, false, undefined],
  ['a missing one', undefined, false, undefined],
])('A selector of %s', (_title, selector, plain, expected) => {
  expect(selectorText(selector, plain)).toBe(expected);
});
