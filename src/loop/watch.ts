/** Keeps a set of definitions reconciled until it is told to end. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Definition } from '../definition/definition.ts';
import type { Result, Run, RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord, OwnerHeader } from '../inventory/inventory.ts';
import { watchDefinitions } from './definitions.ts';
import { watchDrift } from './drift.ts';
import { effectOf, type NameOf, nothingDone } from './effect.ts';
import type { LoopEvent } from './event.ts';
import { expectationsOf } from './expectation.ts';
import { startLoop } from './loop.ts';
import { retryMs, withJitter } from './pace.ts';
import { isSettled } from './reconcile.ts';
import type { Trigger } from './trigger.ts';

/** Whoever writes 0 means often, and not without a pause. */
const shortestIntervalMs = 1_000;

export interface WatchOptions {
  /** Milliseconds between two reconciles, where the definitions do not say. */
  readonly intervalMs: number;
  readonly readDefinitions: () => Promise<readonly Definition[]>;
  /** Names the connection of an owner, by the definitions as they are now. */
  readonly nameOf: (owner: OwnerHeader, definitions: readonly Definition[]) => string;
  /** The connection that has a name. */
  readonly clusterAt: (name: string) => Promise<Cluster>;
  /** Carries out what a target wants. Throws a VidraError when nothing can be done. */
  readonly reconcile: (target: Target, run: Run) => Promise<Result>;
  readonly emit: (event: LoopEvent) => void;
  readonly progress: (event: RunEvent) => void;
  /** Aborted: the run that is under way ends at a safe point, and all watches end. */
  readonly signal: AbortSignal;
}

/** Returns when the signal has aborted and nothing runs any more. */
export async function watch(first: Target, options: WatchOptions): Promise<void> {
  const { signal, emit } = options;
  const home = await first.home.identity();
  const revisions = new Map<string, string>();
  let target = first;
  const intervalMs = () => {
    const wanted = target.definitions.map(({ interval }) => interval ?? options.intervalMs);
    return Math.max(shortestIntervalMs, Math.min(...wanted));
  };

  const drift = watchDrift({
    clusterOf: options.clusterAt,
    onDrift: (_set, objects) => loop.trigger({ type: 'drift', objects }),
    onBlind: (error) => emit({ type: 'blind', error }),
    signal,
  });
  const progress = (event: RunEvent) => {
    if (event.type === 'fetched') revisions.set(event.source, event.revision);
    options.progress(event);
  };
  const runOnce = async (trigger: Trigger, ended: AbortSignal): Promise<boolean> => {
    emit({ type: 'reconciling', trigger });
    drift.pause(first.set);
    const start = performance.now();
    const current = target;
    const nameOf = (owner: OwnerHeader) => options.nameOf(owner, current.definitions);
    let isOver = false;
    let effect = nothingDone;
    let owners: readonly string[] | undefined;
    const take = (done: Pick<Result, 'plan' | 'outcomes'>) => {
      effect = effectOf(done, nameOf);
      owners = done.plan.owners.map(({ header }) => header.name);
    };
    // While it waits, what changes is the work of others.
    const lookWhileWaiting = async () => {
      const expected = await expectations(current, owners, nameOf);
      if (!isOver) drift.expect(first.set, expected, effect);
    };
    const hear = (event: RunEvent) => {
      progress(event);
      if (event.type !== 'recorded') return;
      take(event);
      void lookWhileWaiting();
    };
    try {
      const result = await options.reconcile(current, { signal: ended, emit: hear });
      take(result);
      const type = ended.aborted && !isSettled(result) ? 'superseded' : 'reconciled';
      emit({ type, trigger, result, milliseconds: performance.now() - start });
      return isSettled(result);
    } catch (error) {
      if (ended.aborted) emit({ type: 'superseded', trigger });
      else if (error instanceof VidraError) emit({ type: 'failed', trigger, error });
      else throw error;
      return false;
    } finally {
      isOver = true;
      if (!signal.aborted) drift.expect(first.set, await expectations(current, owners, nameOf), effect);
    }
  };
  // A run that failed has not said whose objects these are.
  const expectations = async ({ inventory, set }: Target, owners: readonly string[] | undefined, nameOf: NameOf) => {
    const records = await inventory.list().catch((error) => {
      if (error instanceof VidraError) return [];
      throw error;
    });
    const isOwn = ({ header: { name } }: InventoryRecord) => owners === undefined || owners.includes(name);
    const own = records.filter((record) => record.header.set === set && !record.elsewhere && isOwn(record));
    return expectationsOf(own, home, nameOf);
  };
  const isOutdated = async () => {
    const syncs = target.definitions.filter((definition) => definition.kind === 'InfrahubSync');
    const moved = await Promise.all(
      syncs.map(async (sync) => {
        const source = await target.sourceOf(sync);
        const { revision } = await source.fetch(signal);
        return revisions.has(source.description) && revisions.get(source.description) !== revision;
      }),
      // What cannot be asked now is no reason to end what is under way.
    ).catch(() => [false]);
    return moved.some(Boolean);
  };

  const loop = startLoop({
    reconcile: runOnce,
    pause: (failures) =>
      failures === 0 ? withJitter(intervalMs(), Math.random()) : retryMs(failures, intervalMs(), Math.random()),
    isOutdated,
    signal,
  });
  emit({ type: 'watching', set: target.set, server: target.home.server, intervalMs: intervalMs() });
  loop.trigger({ type: 'start' });
  await Promise.all([
    loop.ended,
    watchDefinitions({
      first: target.definitions,
      read: options.readDefinitions,
      onChange: (definitions) => {
        target = { ...target, definitions };
        emit({ type: 'definitions', count: definitions.length });
        loop.trigger({ type: 'definitions' });
      },
      onProblem: (error) => emit({ type: 'unreadable', error }),
      signal,
    }),
  ]);
  emit({ type: 'ended' });
}
