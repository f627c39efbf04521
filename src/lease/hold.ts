/** Holds shards of the work by Leases, so that no two replicas ever work on the same. Leader election is one shard. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, WatchEvent } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type Action, decide } from './decide.ts';
import { type LeaseEvent, reporter } from './event.ts';
import { createTenure, type Fence, type Moment, present, type Tenure } from './fence.ts';
import { layoutOf, shardOf } from './layout.ts';
import { leasesOf } from './leases.ts';
import { givenUp, renewed } from './record.ts';
import { createSights } from './sights.ts';

export interface HoldOptions {
  /** With connections of its own, because a renewal must not wait behind other requests. */
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Of the Lease, and the beginning of its name if there are several shards. */
  readonly name: string;
  /** Of this process, and of no other one ever. */
  readonly identity: string;
  readonly shards: number;
  /** How long others wait since they last saw the Lease renewed; full seconds. */
  readonly durationMs?: number;
  /** How long the holder goes on without a renewal; less than `durationMs`, by as much as a request may take. */
  readonly renewMs?: number;
  /** Between two renewals, and between two attempts. */
  readonly retryMs?: number;
  readonly emit: (event: LeaseEvent) => void;
}

export interface Shards {
  /** Of the shard that the key belongs to, if that is held and not about to be given up. */
  fenceOf(key: string): Fence | undefined;
  /** Gives everything up as soon as what runs under the fences has ended, so that others take it at once. */
  release(): Promise<void>;
}

/** Returns at once, and says by events what it gets. Throws USAGE for times that do not fit together. */
export function holdShards(options: HoldOptions): Shards {
  const { identity, emit, durationMs = 15_000, renewMs = 10_000, retryMs = 2_000 } = options;
  if (durationMs % 1000 !== 0 || renewMs >= durationMs || retryMs >= renewMs) {
    throw new VidraError('USAGE', 'a lease lasts full seconds, longer than its deadline, and that longer than a retry');
  }
  const layout = layoutOf(options.name, options.shards, identity);
  // So that there is time for another attempt.
  const leases = leasesOf(options.cluster, options.namespace, options.name, renewMs / 2);
  const sights = createSights(layout);
  const held = new Map<string, Tenure>();
  const busy = new Map<string, Action['type']>();
  const tried = new Map<string, number>();
  const ended = new AbortController();
  let isFollowing = false;
  let isEnding = false;
  let rid: () => void = () => undefined;
  const isRid = new Promise<void>((resolve) => {
    rid = resolve;
  });

  const say = (type: 'acquired' | 'leaving' | 'released' | 'lost', lease: string) => {
    const shard = layout.shards.indexOf(lease);
    if (shard >= 0) emit({ type, shard });
  };
  const report = reporter(emit);
  const every = `${options.name}*`;
  const lose = (lease: string) => {
    held.get(lease)?.end();
    if (held.delete(lease)) say('lost', lease);
  };
  const acquire = (lease: string, sent: Moment) => {
    held.set(lease, createTenure(sent, renewMs, tick));
    say('acquired', lease);
  };
  const see = (lease: Manifest) => {
    const { name } = lease.metadata;
    if (sights.see(lease) && !held.has(name)) tried.delete(name);
  };
  const miss = (name: string) => {
    lose(name);
    sights.miss(name);
  };
  const refresh = async (name: string) => {
    const lease = await leases.read(name);
    if (!lease) return miss(name);
    if (sights.see(lease)) tried.delete(name);
    if (sights.all.get(name)?.record.holder !== identity) lose(name);
  };
  const write = async (name: string) => {
    const sent = present();
    const known = sights.stored(name) ?? leases.blank(name);
    const stored = await leases.write(renewed(known, { holder: identity, durationMs }, new Date()));
    if (!stored) return refresh(name);
    const tenure = held.get(name);
    if (tenure?.isHeld()) tenure.renew(sent);
    else acquire(name, sent);
    see(stored);
  };
  const acts: Record<Action['type'], (name: string) => Promise<void> | void> = {
    take: write,
    renew: write,
    leave(name) {
      const tenure = held.get(name);
      if (tenure) tenure.leaving = true;
      say('leaving', name);
    },
    async release(name) {
      const known = sights.stored(name);
      // Nothing is written under it from here on.
      held.get(name)?.end();
      held.delete(name);
      const stored = known && (await leases.write(givenUp(known, new Date())));
      if (stored) see(stored);
      say('released', name);
    },
    async forget(name) {
      const known = sights.stored(name);
      if (known && (await leases.remove(known))) miss(name);
      else await refresh(name);
    },
  };
  const carryOut = async ({ type, lease }: Action) => {
    busy.set(lease, type);
    if (type !== 'leave') tried.set(lease, performance.now());
    try {
      await acts[type](lease);
      report(lease, undefined);
    } catch (error) {
      report(lease, error);
    } finally {
      busy.delete(lease);
      tick();
    }
  };
  const tick = () => {
    for (const [lease, tenure] of held) if (!tenure.isHeld()) lose(lease);
    const view = { now: performance.now(), identity, layout, retryMs, sights: sights.all, held, busy, tried };
    if (isFollowing) for (const action of decide({ ...view, ending: isEnding })) void carryOut(action);
    if (isEnding && held.size === 0 && busy.size === 0) rid();
  };
  const learn = (event: WatchEvent<Manifest>) => {
    // What is held changes by this process alone: its own writes tell of it earlier, and fail when it is not so.
    const isOther = (lease: Manifest) => !held.has(lease.metadata.name);
    const isSame = ({ metadata }: Manifest) => sights.stored(metadata.name)?.metadata['uid'] === metadata['uid'];
    if (event.type === 'changed' && isOther(event.object)) see(event.object);
    if (event.type === 'removed' && isSame(event.object)) miss(event.object.metadata.name);
    if (event.type === 'listed') {
      const names = new Set(event.objects.map(({ metadata }) => metadata.name));
      for (const name of sights.all.keys()) if (!names.has(name) && !busy.has(name)) miss(name);
      for (const lease of event.objects) if (isOther(lease)) see(lease);
      if (!isFollowing) emit({ type: 'following' });
      isFollowing = true;
    }
  };
  const follow = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        for await (const event of leases.follow(signal)) {
          learn(event);
          tick();
          report(every, undefined);
        }
      } catch (error) {
        report(every, error);
      }
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  };

  const following = follow(ended.signal);
  const timer = setInterval(tick, retryMs / 4);
  return {
    fenceOf(key) {
      const tenure = held.get(layout.shards[shardOf(key, options.shards)] ?? '');
      return tenure && !tenure.leaving && tenure.isHeld() ? tenure : undefined;
    },
    async release() {
      isEnding = true;
      tick();
      await isRid;
      clearInterval(timer);
      ended.abort();
      await following;
    },
  };
}
