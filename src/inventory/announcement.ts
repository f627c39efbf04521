/** How long what a run has announced is taken for something that it may still do. */
import { type InventoryEntry, startOf } from './inventory.ts';

const longestRunMs = 10 * 60_000;

/** Whether an entry is the announcement of a run that may still be about to write. `now` is the time in milliseconds. */
export function isAwaited(entry: InventoryEntry, now: number): boolean {
  if (entry.state !== 'pending' || entry.run === undefined) return false;
  const startedAt = Date.parse(startOf(entry.run));
  return Number.isFinite(startedAt) && now - startedAt < longestRunMs;
}
