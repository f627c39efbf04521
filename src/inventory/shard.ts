/** How a record is cut into pieces that fit into one object each. Pure. */
import { createHash } from 'node:crypto';
import { keyOf } from '../manifest/manifest.ts';
import type { InventoryEntry } from './inventory.ts';

/** About 300 bytes each, and 640 with the longest of names: a full piece stays below the 1 MiB that a Secret may hold. */
const entriesPerShard = 1500;

/** Bytes of an entry with a name of the usual length. */
const usualBytes = 300;

/** A power of two, so that growing moves each entry at most to one new place. Never shrinks. */
export function shardsFor(entries: Iterable<InventoryEntry>, current: number): number {
  let weight = 0;
  for (const { yielded, contest } of entries) weight += 1 + Math.ceil((sizeOf(yielded) + sizeOf(contest)) / usualBytes);
  let shards = Math.max(1, current);
  while (weight > shards * entriesPerShard) shards *= 2;
  return shards;
}

function sizeOf(value: object | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}

/** Which piece an identity belongs to. */
export function shardOf(key: string, shards: number): number {
  return shards === 1 ? 0 : createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}

/** The entries of each piece. */
export function distribute(entries: Iterable<InventoryEntry>, shards: number): InventoryEntry[][] {
  const pieces: InventoryEntry[][] = Array.from({ length: shards }, () => []);
  for (const entry of entries) pieces[shardOf(keyOf(entry.reference), shards)]?.push(entry);
  return pieces;
}
