/** Sees at once when somebody changes what was applied: a watch on metadata for each kind and cluster that is managed. */
import type { Cluster, WatchEvent } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import { type Effect, placeOf } from './effect.ts';
import { type Expectations, isAsLeft, type Seen } from './expectation.ts';

/** One change comes as several events; and the event of an own write may come after the run that wrote. */
const debounceMs = 200;

export interface DriftOptions {
  readonly clusterOf: (server: string) => Promise<Cluster>;
  /** Told of objects that are not as they were left. */
  readonly onDrift: (objects: readonly string[]) => void;
  /** Told of what cannot be watched, and is only looked at with each interval. */
  readonly onBlind: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

export interface Drift {
  /** A run begins: what changes now is its own, until it ends. */
  readonly pause: () => void;
  /** A run has ended, and left this. */
  readonly expect: (expectations: Expectations, effect: Effect) => void;
}

interface Kind {
  readonly server: string;
  readonly reference: ObjectReference;
  readonly live: Map<string, Seen>;
  readonly stop: AbortController;
  /** Identities that changed since they were looked at. */
  readonly changed: Set<string>;
}

export function watchDrift({ clusterOf, onDrift, onBlind, signal }: DriftOptions): Drift {
  const kinds = new Map<string, Kind>();
  /** What was reported of an object: the same state is reported once. */
  const reported = new Map<string, string>();
  let expectations: Expectations = new Map();
  /** When what is fought over is looked at again, in milliseconds since 1970. */
  const heldUntil = new Map<string, number>();
  let isPaused = true;
  let timer: NodeJS.Timeout | undefined;
  let patient: NodeJS.Timeout | undefined;

  const check = () => {
    timer = undefined;
    if (isPaused || signal.aborted) return;
    const drifted = [...kinds.values()].flatMap((kind) => [...kind.changed].flatMap((key) => look(kind, key)));
    if (drifted.length > 0) onDrift(drifted);
  };
  const look = (kind: Kind, key: string): string[] => {
    kind.changed.delete(key);
    const expected = expectations.get(kind.server)?.get(key);
    const place = placeOf(kind.server, key);
    if (!expected) return [];
    const waitMs = (heldUntil.get(place) ?? 0) - Date.now();
    if (waitMs > 0) {
      kind.changed.add(key);
      later(waitMs);
      return [];
    }
    const live = kind.live.get(key);
    if (isAsLeft(expected, live)) {
      reported.delete(place);
      return [];
    }
    const state = live ? `${live.uid} ${live.managers.map((one) => one.manager + one.fields)}` : 'gone';
    if (reported.get(place) === state) return [];
    reported.set(place, state);
    return [describe(expected.reference)];
  };
  const expectedOf = ({ server, reference }: Kind): string[] => {
    const all = [...(expectations.get(server) ?? [])];
    const own = all.filter(([, one]) => nameOf(server, one.reference) === nameOf(server, reference));
    return own.map(([key]) => key);
  };
  const later = (milliseconds: number) => {
    clearTimeout(patient);
    patient = setTimeout(check, milliseconds);
  };
  const schedule = () => {
    if (!isPaused) timer ??= setTimeout(check, debounceMs);
  };
  const follow = async (kind: Kind) => {
    try {
      const cluster = await clusterOf(kind.server);
      const type = cluster.typeOf(kind.reference);
      if (!type) return;
      const selection = { labelSelector: managedSelector };
      for await (const event of cluster.watchMetadata(type, selection, kind.stop.signal)) {
        take(kind, event);
        // What is not in the list was removed while nobody looked.
        if (event.type === 'listed') for (const key of expectedOf(kind)) kind.changed.add(key);
        schedule();
      }
    } catch (error) {
      if (kind.stop.signal.aborted || signal.aborted) return;
      if (!(error instanceof VidraError)) throw error;
      onBlind(error);
    } finally {
      // Asked for again with the next run.
      kinds.delete(nameOf(kind.server, kind.reference));
    }
  };
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    clearTimeout(patient);
    for (const kind of kinds.values()) kind.stop.abort();
  });

  return {
    pause: () => {
      isPaused = true;
      clearTimeout(timer);
      timer = undefined;
    },
    expect: (next, { written, patience }) => {
      expectations = next;
      for (const place of written) reported.delete(place);
      for (const [place, milliseconds] of patience) heldUntil.set(place, Date.now() + milliseconds);
      isPaused = false;
      const wanted = kindsOf(next);
      for (const [name, kind] of kinds) if (!wanted.has(name)) kind.stop.abort();
      for (const [name, { server, reference }] of wanted) {
        if (kinds.has(name) || signal.aborted) continue;
        const kind = { server, reference, live: new Map(), changed: new Set<string>(), stop: new AbortController() };
        kinds.set(name, kind);
        void follow(kind);
      }
      schedule();
    },
  };
}

function take(kind: Kind, event: WatchEvent<ObjectMetadata>): void {
  if (event.type === 'listed') {
    kind.live.clear();
    for (const object of event.objects) kind.live.set(keyOf(object.reference), seen(object));
    return;
  }
  const key = keyOf(event.object.reference);
  if (event.type === 'changed') kind.live.set(key, seen(event.object));
  else kind.live.delete(key);
  kind.changed.add(key);
}

// There may be many, for a long time.
function seen({ uid, deleting, managers }: ObjectMetadata): Seen {
  return { uid, deleting, managers };
}

function kindsOf(expectations: Expectations): Map<string, { server: string; reference: ObjectReference }> {
  const kinds = new Map<string, { server: string; reference: ObjectReference }>();
  for (const [server, objects] of expectations) {
    for (const { reference } of objects.values()) kinds.set(nameOf(server, reference), { server, reference });
  }
  return kinds;
}

function nameOf(server: string, { group, kind }: ObjectReference): string {
  return `${server} ${group}/${kind}`;
}
