/** Counts, durations and sizes as people read them. */
import { describe, expect, it } from 'vitest';
import { countOf, durationText, sizeText } from '../../../src/view/quantity.ts';

describe('quantities', () => {
  it.each([
    [0, '0 objects'],
    [1, '1 object'],
    [2, '2 objects'],
    [9999, '9999 objects'],
    [1234567, '1 234 567 objects'],
  ])('count %d', (count, text) => {
    expect(countOf(count, 'object')).toBe(text);
  });

  it('take a plural that is not made with s', () => {
    expect([countOf(1, 'entry', 'entries'), countOf(2, 'entry', 'entries')]).toEqual(['1 entry', '2 entries']);
  });

  it.each([
    [0, '0ms'],
    [340.4, '340ms'],
    [999.6, '1.0s'],
    [2140, '2.1s'],
    [59_949, '59.9s'],
    [59_960, '1m'],
    [65_000, '1m 5s'],
    [3_599_900, '1h'],
    [3_720_000, '1h 2m'],
    [7_199_000, '2h'],
  ])('show %d ms as %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  it.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [5 * 1024 * 1024, '5.0 MiB'],
  ])('show %d bytes as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
