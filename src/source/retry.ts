/** When to ask again, and how long to wait before. */

import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import type { Attempt, HttpAnswer } from './http-message.ts';

const longestBackoffMs = 15_000;
const longestRetryAfterMs = 60_000;

/** Milliseconds until the next attempt, or nothing when another one is of no use. `attempt` counts from 1. */
export function retryDelay(
  outcome: Attempt,
  attempt: number,
  firstMs: number,
  permanent: (answer: HttpAnswer) => boolean = () => false,
): number | undefined {
  const backoff = Math.min(longestBackoffMs, firstMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  if ('error' in outcome) return outcome.passing ? backoff : undefined;
  const { answer } = outcome;
  if (answer.status !== 429 && (answer.status < 500 || permanent(answer))) return undefined;
  const asked = retryAfterMs(answer.retryAfter, Date.now());
  if (asked === undefined) return backoff;
  return asked > longestRetryAfterMs ? undefined : asked + backoff / 4;
}

/** Retry-After as sent, seconds or an HTTP date, in milliseconds from `now`. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Waits; throws INTERRUPTED at once when the signal is given. */
export async function pause(ms: number, signal: AbortSignal, subject: string): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw interrupted(subject);
  }
}

/** The error of every request that was given up on the user's wish. */
export function interrupted(subject: string): VidraError {
  return new VidraError('INTERRUPTED', 'reading was interrupted', { subject });
}

/** The work's own end, or INTERRUPTED as soon as the signal is given: for work that others wait for too, or that cannot be ended. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, subject: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(interrupted(subject));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
