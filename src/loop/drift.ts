/** Sees at once when somebody changes what was applied: what runs have left is held to what is there, as it changes. */
import type { Cluster } from '../cluster/cluster.ts';
import type { VidraError } from '../errors.ts';
import { describe } from '../manifest/manifest.ts';
import { type Effect, placeOf } from './effect.ts';
import { type Expectations, isAsLeft } from './expectation.ts';
import { type Watched, watchKinds } from './kind-watches.ts';

/** One change comes as several events; and the event of an own write may come after the run that wrote. */
const debounceMs = 200;

export interface DriftOptions {
  readonly clusterOf: (server: string) => Promise<Cluster>;
  /** Told of objects of a key that are not as they were left. */
  readonly onDrift: (key: string, objects: readonly string[]) => void;
  /** Told once of what cannot be watched, and is only looked at with each interval. */
  readonly onBlind: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

/** Whatever is run by itself, such as a definition, has a key and expectations of its own. */
export interface Drift {
  /** A run of the key begins: what changes now is its own, until it has recorded what it did. */
  readonly pause: (key: string) => void;
  /** A run of the key has ended, or only waits, and left this. */
  readonly expect: (key: string, expectations: Expectations, effect: Effect) => void;
  /** Nothing is expected of the key any more. */
  readonly forget: (key: string) => void;
}

interface Followed {
  expectations: Expectations;
  isPaused: boolean;
  /** What was reported of an object: the same state is reported once. */
  readonly reported: Map<string, string>;
}

export function watchDrift({ clusterOf, onDrift, onBlind, signal }: DriftOptions): Drift {
  const followed = new Map<string, Followed>();
  /** When what is fought over is looked at again, in milliseconds since 1970. */
  const heldUntil = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let patient: NodeJS.Timeout | undefined;

  const check = () => {
    timer = undefined;
    if (signal.aborted) return;
    const drifted = new Map<string, string[]>();
    for (const watched of watches.all()) {
      for (const identity of [...watched.changed]) {
        watched.changed.delete(identity);
        for (const [key, one] of followed) {
          const object = look(watched, identity, one);
          if (object !== undefined) drifted.set(key, [...(drifted.get(key) ?? []), object]);
        }
      }
    }
    for (const [key, objects] of drifted) onDrift(key, objects);
  };
  const look = (watched: Watched, identity: string, one: Followed): string | undefined => {
    const { expectations, isPaused, reported } = one;
    const expected = expectations.get(watched.server)?.get(identity);
    if (!expected) return undefined;
    const place = placeOf(watched.server, identity);
    const waitMs = (heldUntil.get(place) ?? 0) - Date.now();
    if (isPaused || waitMs > 0) {
      watched.changed.add(identity);
      if (!isPaused) later(waitMs);
      return undefined;
    }
    const live = watched.live.get(identity);
    if (isAsLeft(expected, live)) {
      reported.delete(place);
      return undefined;
    }
    const state = live ? `${live.uid} ${live.managers.map(({ manager, fields }) => manager + fields)}` : 'gone';
    if (reported.get(place) === state) return undefined;
    reported.set(place, state);
    return describe(expected.reference);
  };
  const later = (milliseconds: number) => {
    clearTimeout(patient);
    patient = setTimeout(check, milliseconds);
  };
  const schedule = () => {
    timer ??= setTimeout(check, debounceMs);
  };
  const watches = watchKinds({ clusterOf, onChange: schedule, onBlind, signal });
  const coverAll = () => watches.cover([...followed.values()].map(({ expectations }) => expectations));
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    clearTimeout(patient);
  });

  return {
    pause: (key) => {
      const one = followed.get(key);
      if (one) one.isPaused = true;
    },
    expect: (key, expectations, { written, patience }) => {
      const reported = followed.get(key)?.reported ?? new Map<string, string>();
      followed.set(key, { expectations, isPaused: false, reported });
      for (const place of written) reported.delete(place);
      for (const [place, milliseconds] of patience) heldUntil.set(place, Date.now() + milliseconds);
      coverAll();
      schedule();
    },
    forget: (key) => {
      if (followed.delete(key)) coverAll();
    },
  };
}
