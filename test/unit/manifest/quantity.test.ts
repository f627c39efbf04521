import { describe, expect, test } from 'vitest';
import { isSameAmount } from '../../../src/manifest/quantity.ts';

describe('amounts', () => {
  test.each([
    ['1', '1000m'],
    [1, '1'],
    [0.5, '500m'],
    ['.5', '0.50'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['1.5Ki', 1536],
    ['1e3', '1k'],
    ['1E3', '1000'],
    ['1E', '1e18'],
    ['-2', '-2000m'],
    ['+1', '1.'],
    ['0', '-0m'],
    ['1n', '0.001u'],
    [9007199254740993n, '9007199254740993'],
  ] as const)('%s and %s are the same', (one, other) => {
    expect([isSameAmount(one, other), isSameAmount(other, one)]).toEqual([true, true]);
  });

  test.each([
    ['1', '1001m'],
    ['1Gi', '1G'],
    [9007199254740993n, '9007199254740992'],
    ['1', '-1'],
    ['', ''],
    ['m', 'm'],
    ['.', '.'],
    ['web', 'web'],
    ['1 m', '1m'],
    ['1e999', '1e999'],
    ['1'.repeat(65), '1'.repeat(65)],
    [true, true],
    [null, null],
    [[1], [1]],
  ] as const)('%s and %s are not', (one, other) => {
    expect([isSameAmount(one, other), isSameAmount(other, one)]).toEqual([false, false]);
  });
});
