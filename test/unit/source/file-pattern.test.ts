import { expect, it } from 'vitest';
import { parsePattern } from '../../../src/source/file-pattern.ts';

it.each([
  ['*.yaml', 'a.yaml', true],
  ['*.yaml', 'd/a.yaml', false],
  ['*.yaml', '.a.yaml', false],
  ['.*.yaml', '.a.yaml', true],
  ['d/*.yaml', 'd/a.yaml', true],
  ['**/*.yaml', 'a.yaml', true],
  ['**/*.yaml', 'd/e/a.yaml', true],
  ['**/*.yaml', 'd/.git/a.yaml', false],
  ['d/**', 'd/e/a.txt', true],
  ['d/**', 'd', false],
  ['a?.yml', 'ab.yml', true],
  ['a?.yml', 'a/.yml', false],
  ['{a,b/c}.yml', 'b/c.yml', true],
  ['{a,b}.yml', 'c.yml', false],
  ['*.{yml,yaml}', 'x.yaml', true],
  ['a.yml*', 'aXyml', false],
  ['[a]*.yml', '[a]1.yml', true],
  ['a,b*.yml', 'a,b.yml', true],
  ['my-app_1+~@#%&=! $^|()\\[]:;<>"*.yml', 'my-app_1+~@#%&=! $^|()\\[]:;<>"x.yml', true],
  ['./d/*.yml', 'd/a.yml', true],
])('pattern %s on path %s: %s', (pattern, path, matches) => {
  expect(parsePattern(pattern).matches(path)).toBe(matches);
});

it.each([
  ['d/e/*.yml', 'd/e'],
  ['*.yml', '.'],
  ['/etc/*.yml', '/etc'],
  ['/*.yml', '/'],
])('pattern %s is looked up from the folder %s', (pattern, base) => {
  expect(parsePattern(pattern).base).toBe(base);
});

it('refuses a brace without its other half', () => {
  expect(() => parsePattern('{a,b')).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
