/** Durations as Go writes them. */
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/definition/duration.ts';

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['300ms', 300],
    ['1m', 60_000],
    ['1.5h', 5_400_000],
    ['2h45m', 9_900_000],
    ['1h0m0.5s', 3_600_500],
    ['1500us', 2],
    ['1500µs', 2],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', '5 m', '-5m', 'm', '5d', '1h-', '.5s', '5m junk', 'Infinity'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
