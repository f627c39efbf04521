import { expect, it } from 'vitest';
import type { HttpAnswer } from '../../../src/source/http-message.ts';
import { retryAfterMs, retryDelay } from '../../../src/source/retry.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it.each([
  ['3', 3000],
  ['0', 0],
  ['Sun, 22 Nov 2026 12:00:05 GMT', 5000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads Retry-After: %s', (value, milliseconds) => {
  expect(retryAfterMs(value, now)).toBe(milliseconds);
});

const answer = (status: number): { answer: HttpAnswer } => ({
  answer: { status, contentType: '', body: Buffer.alloc(0), retryAfter: undefined },
});

it('doubles the pause, up to a limit, and never waits the same time twice', () => {
  for (const [attempt, longest] of [
    [1, 500],
    [2, 1000],
    [3, 2000],
    [20, 15_000],
  ] as const) {
    const delays = Array.from({ length: 50 }, () => retryDelay(answer(503), attempt, 500) ?? 0);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(longest / 2);
    expect(Math.max(...delays)).toBeLessThanOrEqual(longest);
    expect(new Set(delays).size).toBeGreaterThan(1);
  }
});
