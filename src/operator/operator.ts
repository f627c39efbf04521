/** Keeps the definitions of a cluster reconciled: each by itself, as often as it wants, until all ends. */

import { definitionAnnotations } from '../definition/annotations.ts';
import { type ClusterDestination, destinationKey } from '../destination/destination.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { watchDrift } from '../loop/drift.ts';
import type { LoopEvent } from '../loop/event.ts';
import { retryMs, withJitter } from '../loop/pace.ts';
import { destinationOf } from './destination-of.ts';
import { type Followed, followDefinitions } from './followed.ts';
import { startQueue } from './queue.ts';
import { groupOf } from './reconcile-group.ts';
import { createRunner } from './runner.ts';
import type { OperatorSettings } from './settings.ts';
import { steadySources } from './steady-sources.ts';

export interface OperatorOptions {
  readonly clusterFor: Destinations['of'];
  readonly settings: () => OperatorSettings;
  readonly emit: (event: LoopEvent) => void;
  readonly progress: (event: RunEvent) => void;
  /** Aborted: the runs that are under way end at a safe point, and all watches end. */
  readonly signal: AbortSignal;
}

/** Without an interval, what failed is tried again at least so often, in milliseconds. */
const longestRetryMs = 300_000;

/**
 * Returns when the signal has aborted and nothing runs any more. Throws KIND_UNKNOWN where the kinds of definitions are not
 * installed.
 */
export async function operate(given: Target, options: OperatorOptions): Promise<void> {
  const { settings, clusterFor, emit, signal } = options;
  const base = { ...given, sourceOf: steadySources(given.sourceOf) };
  const known = new Map<string, Followed>();
  const home = await base.home.identity();
  const intervalOf = ({ kind, definition }: Followed) => {
    const { syncIntervalMs, resourceIntervalMs } = settings();
    return definition?.interval ?? (kind === 'InfrahubSync' ? syncIntervalMs : resourceIntervalMs);
  };

  const drift = watchDrift({
    clusterOf: async (place) => clusterFor(placesOf(known).get(place) ?? { server: place }),
    onDrift: (key, objects) => queue.add(key, { type: 'drift', objects }),
    onBlind: (error) => emit({ type: 'blind', error }),
    signal,
  });
  const queue = startQueue({
    groupOf: (key) => {
      const followed = known.get(key);
      if (!followed?.definition) return key;
      const { definition, stored } = followed;
      return groupOf({ definition, stored }, stored.annotations[definitionAnnotations.confirm] !== undefined);
    },
    pause: (key, failures) => {
      const followed = known.get(key);
      if (!followed?.definition) return Number.POSITIVE_INFINITY;
      const intervalMs = intervalOf(followed) || Number.POSITIVE_INFINITY;
      if (failures === 0) return withJitter(intervalMs, Math.random());
      return retryMs(failures, Math.min(intervalMs, longestRetryMs), Math.random());
    },
    run: (tasks) => runner(tasks),
    signal,
  });
  const runner = createRunner({ base, clusterFor, home, known, drift, queue, options });

  await followDefinitions({
    home: base.home,
    known,
    onChange: (key, isFirst) => queue.add(key, { type: isFirst ? 'start' : 'definitions' }),
    onGone: (key) => {
      drift.forget(key);
      queue.remove(key);
    },
    onBlind: (error) => emit({ type: 'blind', error }),
    signal,
  });
  emit({ type: 'watching', set: base.set, server: base.home.server, intervalMs: settings().syncIntervalMs });
  await queue.ended;
  emit({ type: 'ended' });
}

/** The destinations of all definitions, by the names that drift knows them by. */
function placesOf(known: ReadonlyMap<string, Followed>): Map<string, ClusterDestination> {
  const definitions = [...known.values()].flatMap(({ definition }) => (definition ? [definition] : []));
  const destinations = definitions.map(destinationOf);
  return new Map(destinations.map((destination) => [destinationKey(destination), destination]));
}
