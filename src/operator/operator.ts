/** Keeps the definitions of a cluster reconciled: each by itself, as often as it wants, until all ends. */

import type { WriteFence } from '../cluster/cluster.ts';
import { definitionAnnotations } from '../definition/annotations.ts';
import { type InfrahubSync, nameOfDefinition } from '../definition/definition.ts';
import { type ClusterDestination, destinationKey } from '../destination/destination.ts';
import type { Destinations } from '../destination/destinations.ts';
import { type AppliedRevision, lastSnapshot } from '../engine/last-snapshot.ts';
import type { RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { type Drift, watchDrift } from '../loop/drift.ts';
import type { LoopEvent } from '../loop/event.ts';
import { retryMs, withJitter } from '../loop/pace.ts';
import type { Trigger } from '../loop/trigger.ts';
import { destinationOf } from './destination-of.ts';
import { createFencedRunner } from './fenced-runner.ts';
import { followSettings } from './follow-settings.ts';
import { type Followed, type FollowedRecord, followDefinitions } from './followed.ts';
import { createLeftBehind } from './left-behind.ts';
import type { Measure } from './measure.ts';
import { startQueue } from './queue.ts';
import { dependentsOf, isReady } from './readiness.ts';
import { groupOf } from './reconcile-group.ts';
import { recordEvents } from './record-events.ts';
import type { Share } from './share.ts';
import { steadySources } from './steady-sources.ts';

export interface OperatorOptions {
  readonly destinations: Pick<Destinations, 'of' | 'follow'>;
  /** The target as it may be written to while a fence is held. */
  readonly fenced: (fence: WriteFence) => Promise<Target>;
  readonly share: Share;
  readonly measure: Measure;
  /** Where a ConfigMap with settings counts. */
  readonly secretNamespaces: readonly string[];
  readonly emit: (event: LoopEvent) => void;
  readonly progress: (event: RunEvent) => void;
  /** Aborted: the runs that are under way end at a safe point, and all watches end. */
  readonly signal: AbortSignal;
}

/** Without an interval, what failed is tried again at least so often, in milliseconds. */
const longestRetryMs = 300_000;
/** Whoever writes less means often, and not without a pause. */
const shortestIntervalMs = 1_000;

/** Returns when the signal has aborted and nothing runs any more. Where the kinds of definitions are not installed, it waits. */
export async function operate({ home, set, sourceOf }: Target, options: OperatorOptions): Promise<void> {
  const { destinations, share, measure, emit, signal } = options;
  const clusterFor = destinations.of;
  const sources = steadySources((sync) => sourceOf(sync, settings().queryName));
  const known = new Map<string, Followed>();
  const records = new Map<string, FollowedRecord>();
  const appliedOf = (sync: InfrahubSync) =>
    (known.get(nameOfDefinition(sync))?.object['status'] ?? {}) as AppliedRevision;
  /** The keys that are worked on here. */
  const own = new Set<string>();
  const intervalOf = ({ kind, definition }: Followed) => {
    const { syncIntervalMs, resourceIntervalMs } = settings();
    const intervalMs = definition?.interval ?? (kind === 'InfrahubSync' ? syncIntervalMs : resourceIntervalMs);
    return intervalMs === 0 ? Number.POSITIVE_INFINITY : Math.max(intervalMs, shortestIntervalMs);
  };

  const drift = watchDrift({
    clusterOf: async (place) => clusterFor(placesOf(known).get(place) ?? { server: place }),
    onDrift: (key, objects) => add(key, { type: 'drift', objects }),
    onBlind: (error) => emit({ type: 'blind', error }),
    signal,
  });
  const queue = startQueue({
    groupOf: (key) => {
      const followed = known.get(key);
      if (!followed?.definition) return key;
      const { definition, stored } = followed;
      const isAlone = stored.annotations[definitionAnnotations.confirm] !== undefined;
      return `${share.shardOf(key)} ${groupOf({ definition, stored }, isAlone)}`;
    },
    pause: (key, failures) => {
      const followed = known.get(key);
      if (!followed?.definition) return Number.POSITIVE_INFINITY;
      const intervalMs = intervalOf(followed);
      if (failures === 0) return withJitter(intervalMs, Math.random());
      return retryMs(failures, Math.min(intervalMs, longestRetryMs), Math.random());
    },
    run: (tasks) => runner(tasks),
    signal,
  });
  const recorder = recordEvents({ onLoss: (error) => emit({ type: 'warned', error }) });
  const add = (key: string, trigger: Trigger) => {
    if (!share.fenceOf(key)) return;
    own.add(key);
    queue.add(key, trigger);
  };
  const leave = (key: string) => {
    if (!own.delete(key)) return;
    drift.forget(key);
    queue.remove(key);
    measure.forgotten(key);
  };
  const settings = await followSettings({
    ...{ home, namespaces: options.secretNamespaces, signal },
    onChange: (now, { queryName, reconcileOnEvents }) => {
      emit({ type: 'settings', ...now });
      queue.reschedule();
      if (now.queryName === queryName && now.reconcileOnEvents === reconcileOnEvents) return;
      for (const key of own) add(key, { type: 'interval' });
    },
    onProblem: (error) => emit({ type: 'warned', error }),
  });
  // A run may end after its definition is gone, or another process's.
  const ended: Measure['ended'] = (key, ...facts) => own.has(key) && measure.ended(key, ...facts);
  const expect: Drift['expect'] = (key, ...left) => own.has(key) && drift.expect(key, ...left);
  const runner = createFencedRunner({
    ...{ clusterFor, share, known, records, recorder },
    drift: { ...drift, expect },
    options: { ...options, settings, measure: { ...measure, ended } },
    home: await home.identity(),
    fenced: async (fence) => {
      const target = await options.fenced(fence);
      return { ...target, sourceOf: sources((sync) => lastSnapshot(target, sync, appliedOf(sync))) };
    },
    queue: { add },
  });
  share.follow(() => {
    for (const key of known.keys()) {
      if (!share.fenceOf(key)) leave(key);
      else if (!own.has(key)) add(key, { type: 'start' });
    }
  });
  destinations.follow((isReached) => {
    // What has come to a good end has no need of another way.
    for (const [key, followed] of known) {
      const { definition } = followed;
      if (definition && !isReady(followed) && isReached(destinationOf(definition))) add(key, { type: 'access' });
    }
  });

  // A record that somebody deletes is moved by a run of its sync, and made anew by another one.
  const renew = ({ sync }: FollowedRecord) => {
    const key = sync === undefined ? '' : nameOfDefinition({ kind: 'InfrahubSync', name: sync });
    if (known.has(key)) add(key, { type: 'interval' });
  };
  const onChange = (key: string, isFirst: boolean) => add(key, { type: isFirst ? 'start' : 'definitions' });
  const wakeDependents = (key: string) => {
    for (const other of dependentsOf(key, known)) add(other, { type: 'start' });
  };
  const leftBehind = createLeftBehind({ known, records, onChange, onGone: leave });
  await followDefinitions({
    ...{ home, known, records, signal, onChange },
    // Another process may have made it ready.
    onSeen: (key, now, before) => {
      if (!before) leftBehind.definitionSeen(now);
      if (!before || (!isReady(before) && isReady(now))) wakeDependents(key);
    },
    onGone: (key) => {
      leave(key);
      leftBehind.definitionGone(key);
      wakeDependents(key);
    },
    onRecordSeen: (record, before) => {
      leftBehind.recordSeen(record);
      if (record.stored.deleting && before && !before.stored.deleting) renew(record);
    },
    onRecordGone: renew,
    onProblem: (error) => emit({ type: 'waiting', error }),
  });
  leftBehind.begin();
  emit({ type: 'watching', set, server: home.server, intervalMs: settings().syncIntervalMs });
  await queue.ended;
  await recorder.finish();
  emit({ type: 'ended' });
}

/** The destinations of all definitions, by the names that drift knows them by. */
function placesOf(known: ReadonlyMap<string, Followed>): Map<string, ClusterDestination> {
  const definitions = [...known.values()].flatMap(({ definition }) => (definition ? [definition] : []));
  const destinations = definitions.map(destinationOf);
  return new Map(destinations.map((destination) => [destinationKey(destination), destination]));
}
