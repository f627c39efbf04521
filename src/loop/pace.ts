/** How long to wait. Pure: chance is given, a number from 0 to 1. */

const firstRetryMs = 5_000;
const longestRetryMs = 5 * 60_000;

/** A tenth less to a tenth more, so that many loops do not ask all at once. */
export function withJitter(milliseconds: number, chance: number): number {
  return Math.round(milliseconds * (0.9 + 0.2 * chance));
}

/** After so many runs in a row that did not come to a good end; never longer than the interval. */
export function retryMs(failures: number, intervalMs: number, chance: number): number {
  const backoffMs = Math.min(firstRetryMs * 2 ** Math.min(failures - 1, 10), longestRetryMs);
  return withJitter(Math.min(backoffMs, intervalMs), chance);
}
