/** Waits for what other processes do. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks every 50 ms until the answer is neither false nor nothing, and returns it.
 * Throws after `seconds` with what was waited for.
 */
export async function waitFor<T>(what: string, condition: () => T | Promise<T>, seconds = 60): Promise<NonNullable<T>> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const answer = await condition();
    if (answer) return answer;
  }
  throw new Error(`Waited ${seconds} s in vain for: ${what}`);
}
