import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createLimiter, type Limiter } from '../../../src/cluster/limiter.ts';

/** How many of `count` pieces of work were under way at once at most. */
async function most(limiter: Limiter, count: number): Promise<number> {
  let running = 0;
  let highest = 0;
  await Promise.all(
    Array.from({ length: count }, () =>
      limiter.run(async () => {
        highest = Math.max(highest, ++running);
        await nextTurn();
        running--;
      }),
    ),
  );
  return highest;
}

describe('a limiter', () => {
  test('runs as much at once as it may, and all in the end', async () => {
    expect(await most(createLimiter(8), 50)).toBe(8);
    expect(await most(createLimiter(8), 3)).toBe(3);
  });

  test('gives the result, or the error, of the work', async () => {
    const limiter = createLimiter(1);
    expect(await limiter.run(async () => 7)).toBe(7);
    await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limiter.run(async () => 8)).toBe(8);
  });

  test('keeps the order in which it was asked', async () => {
    const limiter = createLimiter(1);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((number) => limiter.run(async () => order.push(number))));
    expect(order).toEqual([1, 2, 3]);
  });

  test('halves its limit at each slow-down, down to one', async () => {
    const limiter = createLimiter(8);
    for (const expected of [4, 2, 1, 1]) {
      limiter.slowDown();
      // Fewer pieces than it takes to recover.
      expect(await most(limiter, 7)).toBe(expected);
    }
  });

  test('grows back by one after as many pieces of work as it runs at most, up to where it began', async () => {
    const limiter = createLimiter(4);
    limiter.slowDown();
    limiter.slowDown();
    for (const expected of [1, 2, 3, 4, 4]) {
      expect(await most(limiter, 4)).toBe(expected);
    }
  });

  test('starts nothing new while more is under way than the lower limit allows', async () => {
    const limiter = createLimiter(4);
    const ends: (() => void)[] = [];
    const begin = () => limiter.run(() => new Promise<void>((resolve) => ends.push(resolve)));
    const all = Array.from({ length: 6 }, begin);
    await nextTurn();
    expect(ends).toHaveLength(4);
    limiter.slowDown();
    ends[0]?.();
    ends[1]?.();
    await nextTurn();
    expect(ends).toHaveLength(4);
    ends[2]?.();
    await nextTurn();
    expect(ends).toHaveLength(5);
    for (let index = 3; index < 6; index++) {
      ends[index]?.();
      await nextTurn();
    }
    await Promise.all(all);
  });

  test('slows down once for requests that were under way together', async () => {
    const limiter = createLimiter(8);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        limiter.run(async () => {
          await nextTurn();
          limiter.slowDown();
        }),
      ),
    );
    expect(await most(limiter, 7)).toBe(4);
  });
});
