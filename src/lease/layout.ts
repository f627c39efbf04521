/** Which Leases there are: one per shard and, if there are several, one per replica, so that replicas know of each other. */
import { createHash } from 'node:crypto';

export interface Layout {
  /** The value of `leaseLabel` on all of them, those of other layouts included. */
  readonly name: string;
  /** The names of the shards' Leases, by number. */
  readonly shards: readonly string[];
  /** This replica's own; nothing with one shard, where there is nothing to balance. */
  readonly member?: string;
  /** Whether a Lease is that of a replica with as many shards. */
  isMember(lease: string): boolean;
}

/** Marks the Leases of all replicas. */
export const leaseLabel = 'vidra.infrahub.operators.com/lease';

/** Names say how many shards there are: replicas that count differently divide the keys differently, and must not be mistaken. */
export function layoutOf(name: string, shards: number, identity: string): Layout {
  if (shards === 1) return { name, shards: [name], isMember: () => false };
  const numbers = Array.from({ length: shards }, (_, number) => number);
  const isMember = (lease: string) => lease.startsWith(`${name}-member-`) && lease.endsWith(`-of-${shards}`);
  const id = createHash('sha256').update(identity).digest('hex').slice(0, 10);
  return {
    name,
    shards: numbers.map((number) => `${name}-${number}-of-${shards}`),
    member: `${name}-member-${id}-of-${shards}`,
    isMember,
  };
}

/** The number of the shard that a key belongs to, the same in all replicas. */
export function shardOf(key: string, shards: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}
