/** How a change meets a record that another process may have written meanwhile. Pure. */
import { keyOf } from '../manifest/manifest.ts';
import { type InventoryChange, type InventoryEntry, startOf } from './inventory.ts';

/** An announcement of a run that is older than this is one of a dead process. */
const announcementMs = 10 * 60_000;

/** The entries after `change`. `now` is the time in milliseconds. */
export function mergeEntries(
  entries: ReadonlyMap<string, InventoryEntry>,
  change: InventoryChange,
  now: number,
): Map<string, InventoryEntry> {
  const merged = new Map(entries);
  for (const key of change.drop) {
    const entry = merged.get(key);
    if (entry && !isAnnouncedByAnother(entry, change.run, now)) merged.delete(key);
  }
  for (const key of change.withdraw ?? []) {
    const entry = merged.get(key);
    if (entry?.state === 'pending' && entry.run === change.run) merged.delete(key);
  }
  for (const entry of change.put) merged.set(keyOf(entry.reference), entry);
  return merged;
}

function isAnnouncedByAnother(entry: InventoryEntry, run: string, now: number): boolean {
  if (entry.state !== 'pending' || entry.run === undefined || entry.run === run) return false;
  const startedAt = Date.parse(startOf(entry.run));
  return Number.isFinite(startedAt) && now - startedAt < announcementMs;
}
