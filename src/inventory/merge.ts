/** How a change meets a record that another process may have written meanwhile. Pure. */
import { keyOf } from '../manifest/manifest.ts';
import { isAwaited } from './announcement.ts';
import type { InventoryChange, InventoryEntry } from './inventory.ts';

/** The entries after `change`. `now` is the time in milliseconds. */
export function mergeEntries(
  entries: ReadonlyMap<string, InventoryEntry>,
  change: InventoryChange,
  now: number,
): Map<string, InventoryEntry> {
  const merged = new Map(entries);
  for (const key of change.drop) {
    const entry = merged.get(key);
    if (entry && (entry.run === change.run || !isAwaited(entry, now))) merged.delete(key);
  }
  for (const key of change.withdraw ?? []) {
    const entry = merged.get(key);
    if (entry?.state === 'pending' && entry.run === change.run) merged.delete(key);
  }
  for (const entry of change.put) merged.set(keyOf(entry.reference), entry);
  return merged;
}
