/** Waits until objects are as they should be: a watch for each kind, a deadline, and word of what is still missing. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { followKind } from './follow-kind.ts';
import { type Awaited, isLeft, reconsider, type Sight } from './sight.ts';

export interface AwaitOptions<T extends Awaited> {
  /** Ends the waiting at once. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. Everything is looked at once, also when it is past. */
  readonly until: number;
  /** Is told now and then what is still waited for, if anything is. */
  readonly tell?: (left: readonly Sight<T>[]) => void | Promise<void>;
}

const shortestTellMs = 100;
const tellMs = 500;
const firstLookMs = 10_000;
/** Timers know nothing longer. */
const longestMs = 2 ** 31 - 1;

/** One sight for each object, in their order; what is as it should be is `current`. */
export async function awaitObjects<T extends Awaited>(
  objects: readonly T[],
  options: AwaitOptions<T>,
): Promise<Sight<T>[]> {
  const sights = objects.map((awaited): Sight<T> => ({ awaited }));
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  // Whatever is looked at now and then listens for it.
  setMaxListeners(0, signal);
  try {
    await Promise.race([
      Promise.all(kindsOf(sights).map((some) => followKind(some, signal))),
      deadline(sights, options.until, signal),
      tellNowAndThen(sights, options.tell, signal),
    ]);
  } finally {
    ended.abort();
  }
  return sights;
}

function kindsOf<T extends Awaited>(sights: readonly Sight<T>[]): Sight<T>[][] {
  const clusters = new Map<Cluster, Map<string, Sight<T>[]>>();
  for (const sight of sights) {
    const { cluster, reference } = sight.awaited;
    const kinds = clusters.get(cluster) ?? new Map<string, Sight<T>[]>();
    clusters.set(cluster, kinds);
    const kind = `${reference.group}/${reference.kind}`;
    const others = kinds.get(kind);
    if (others) others.push(sight);
    else kinds.set(kind, [sight]);
  }
  return [...clusters.values()].flatMap((kinds) => [...kinds.values()]);
}

async function deadline(sights: readonly Sight[], until: number, signal: AbortSignal): Promise<void> {
  await pause(Math.min(Math.max(0, until - Date.now()), longestMs), signal);
  const end = Date.now() + firstLookMs;
  while (!signal.aborted && Date.now() < end && sights.some(({ health }) => !health)) await pause(50, signal);
}

/** Goes on until nothing is left, or the signal aborts. */
async function tellNowAndThen<T extends Awaited>(
  sights: readonly Sight<T>[],
  tell: AwaitOptions<T>['tell'],
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = shortestTellMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, tellMs)) {
    await pause(pauseMs, signal);
    for (const sight of sights) reconsider(sight);
    const left = sights.filter(isLeft);
    if (left.length === 0) return;
    const seen = left.filter(({ health }) => health);
    if (!signal.aborted && seen.length > 0) await tell?.(seen);
  }
}

// An abort ends the pause; the signal is looked at by the caller.
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
