/** What a replica does next about its leases. Pure: what is seen, what is held and the time are given. */
import type { Layout } from './layout.ts';
import type { LeaseRecord } from './record.ts';

/** What is known of a lease. Whether it has expired is told by this machine's clock alone, never by times that others wrote. */
export interface Sight {
  readonly record: LeaseRecord;
  /** When its creation was, as the server wrote it: who is older. */
  readonly created: string;
  /** When it was first seen as it is now. */
  readonly since: number;
}

/** What is held. */
export interface Holding {
  readonly leaving: boolean;
  readonly isIdle: () => boolean;
}

export interface View {
  readonly now: number;
  readonly identity: string;
  readonly layout: Layout;
  readonly retryMs: number;
  readonly sights: ReadonlyMap<string, Sight>;
  /** By the lease's name, first the one that was acquired first. */
  readonly held: ReadonlyMap<string, Holding>;
  /** What is being done about leases right now. */
  readonly busy: ReadonlyMap<string, Action['type']>;
  /** When something was last tried about leases. */
  readonly tried: ReadonlyMap<string, number>;
  /** Whether everything shall be given up. */
  readonly ending: boolean;
}

/** `leave`: nothing new begins under the lease. `release`: nothing runs any more. `forget`: nobody will want it again. */
export interface Action {
  readonly type: 'take' | 'renew' | 'leave' | 'release' | 'forget';
  readonly lease: string;
}

export function decide(view: View): Action[] {
  return [...keep(view), ...leave(view), ...take(view), ...forget(view)].filter(({ lease }) => !view.busy.has(lease));
}

function keep(view: View): Action[] {
  return [...view.held].flatMap(([lease, { leaving, isIdle }]): Action[] => {
    if (leaving && isIdle()) return [{ type: 'release', lease }];
    return isDue(view, lease) ? [{ type: 'renew', lease }] : [];
  });
}

/** Gives up at the end also the replica's own lease, so that the others divide the shards without it. */
function leave(view: View): Action[] {
  const own = [...view.held].filter(([, { leaving }]) => !leaving).map(([lease]) => lease);
  const surplus = view.ending ? own : activeShards(view).slice(shareOf(view) ?? own.length);
  return surplus.map((lease) => ({ type: 'leave', lease }));
}

function take(view: View): Action[] {
  const { layout, held, ending } = view;
  if (ending || [...view.sights].some(([lease, sight]) => isStranger(lease, layout) && isLive(view, sight))) return [];
  const isFree = (lease: string) => !held.has(lease) && isTakeable(view, lease) && isDue(view, lease);
  const taking = layout.shards.filter((lease) => view.busy.get(lease) === 'take').length;
  const missing = Math.max(0, (shareOf(view) ?? 0) - activeShards(view).length - taking);
  const idle = layout.shards.filter((lease) => isFree(lease) && !view.busy.has(lease));
  const member = layout.member && isFree(layout.member) ? [layout.member] : [];
  return [...member, ...idle.slice(0, missing)].map((lease) => ({ type: 'take', lease }));
}

/** Leases of replicas that died, and of layouts that nobody uses any more. */
function forget(view: View): Action[] {
  const { layout } = view;
  return [...view.sights]
    .filter(([lease]) => isStranger(lease, layout) || (layout.isMember(lease) && lease !== layout.member))
    .filter(([lease, sight]) => !isLive(view, sight) && isDue(view, lease))
    .map(([lease]) => ({ type: 'forget', lease }));
}

/** All shares add up to the number of shards; the older replicas get what does not divide. Nothing while others do not know of this one. */
function shareOf(view: View): number | undefined {
  const { layout, held, sights } = view;
  if (!layout.member) return 1;
  if (!held.has(layout.member)) return undefined;
  const members = [...sights]
    .filter(([lease, sight]) => layout.isMember(lease) && (held.has(lease) || isLive(view, sight)))
    .sort(([a, { created: x }], [b, { created: y }]) => compare(x, y) || compare(a, b))
    .map(([lease]) => lease);
  const shards = layout.shards.length;
  const rest = members.indexOf(layout.member) < shards % members.length ? 1 : 0;
  return Math.floor(shards / members.length) + rest;
}

function activeShards({ held, layout }: View): string[] {
  return [...held].filter(([lease, { leaving }]) => layout.shards.includes(lease) && !leaving).map(([lease]) => lease);
}

/** Replicas that divide the keys into another number of shards have these: until they are gone, nothing may be taken. */
function isStranger(lease: string, layout: Layout): boolean {
  return !layout.shards.includes(lease) && !layout.isMember(lease);
}

function isTakeable(view: View, lease: string): boolean {
  const sight = view.sights.get(lease);
  return sight === undefined || sight.record.holder === view.identity || !isLive(view, sight);
}

function isLive({ now }: View, { record, since }: Sight): boolean {
  return record.holder !== '' && now - since < record.durationMs;
}

function isDue({ now, tried, retryMs }: View, lease: string): boolean {
  return now - (tried.get(lease) ?? Number.NEGATIVE_INFINITY) >= retryMs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
