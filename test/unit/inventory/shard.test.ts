import { describe, expect, test } from 'vitest';
import { distribute, shardOf, shardsFor } from '../../../src/inventory/shard.ts';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { entry } from '../../support/make.ts';

const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(`ConfigMap shop/c-${index}`));
const keys = (pieces: readonly (readonly { reference: Parameters<typeof keyOf>[0] }[])[]) =>
  pieces.flatMap((piece) => piece.map(({ reference }) => keyOf(reference))).sort();

describe('shardsFor', () => {
  test.each([
    [0, 0, 1],
    [0, 1, 1],
    [1500, 1, 1],
    [1501, 1, 2],
    [3001, 1, 4],
    [10_000, 0, 8],
    [100_000, 1, 128],
    [3, 4, 4],
  ])('%i entries in %i pieces make %i', (count, current, expected) => {
    expect(shardsFor(entries(count), current)).toBe(expected);
  });

  test('entries that hold more make more pieces', () => {
    const yielded = Array.from({ length: 10 }, (_, index) => ({
      field: `.spec.field${index}`,
      manager: 'x',
      held: 'y',
    }));
    const full = entries(1000).map((one) => ({ ...one, yielded }));
    expect(shardsFor(entries(1000), 1)).toBe(1);
    expect(shardsFor(full, 1)).toBe(2);
  });
});

describe('distribute', () => {
  test('keeps every entry exactly once, however many pieces there are', () => {
    const all = entries(3000);
    const expected = all.map(({ reference }) => keyOf(reference)).sort();
    for (const shards of [1, 2, 4, 8]) {
      const pieces = distribute(all, shards);
      expect(pieces).toHaveLength(shards);
      expect(keys(pieces)).toEqual(expected);
    }
  });

  test('puts an entry where shardOf says, whatever else there is', () => {
    const all = entries(500);
    for (const [index, piece] of distribute(all, 8).entries()) {
      for (const { reference } of piece) expect(shardOf(keyOf(reference), 8)).toBe(index);
    }
    expect(
      distribute(all.slice(0, 50), 8)
        .flat()
        .every((one) => distribute(all, 8)[shardOf(keyOf(one.reference), 8)]?.includes(one)),
    ).toBe(true);
  });

  test('spreads well: a piece is never much fuller than the limit that it is cut for', () => {
    for (const piece of distribute(entries(16_000), 8)) expect(piece.length).toBeLessThan(2400);
  });

  test('is the same in every version of Vidra', () => {
    expect(['a', 'b', 'c', 'd'].map((key) => shardOf(key, 8))).toMatchInlineSnapshot(`
      [
        2,
        6,
        3,
        3,
      ]
    `);
  });

  test('moves an entry to one other place at most when the number of pieces doubles', () => {
    for (const { reference } of entries(500)) {
      const before = shardOf(keyOf(reference), 4);
      expect([before, before + 4]).toContain(shardOf(keyOf(reference), 8));
    }
  });
});
