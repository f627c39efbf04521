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

/** What one watch is for. */
interface Scope {
  readonly name: string;
  readonly server: string;
  readonly reference: ObjectReference;
  /** Nothing: all of them. */
  readonly namespace?: string;
}

interface Kind extends Scope {
  readonly live: Map<string, Seen>;
  readonly stop: AbortController;
  /** Identities that changed since they were looked at. */
  readonly changed: Set<string>;
}

interface Followed {
  expectations: Expectations;
  isPaused: boolean;
  /** What was reported of an object: the same state is reported once. */
  readonly reported: Map<string, string>;
}

export function watchDrift({ clusterOf, onDrift, onBlind, signal }: DriftOptions): Drift {
  const kinds = new Map<string, Kind>();
  const followed = new Map<string, Followed>();
  /** When what is fought over is looked at again, in milliseconds since 1970. */
  const heldUntil = new Map<string, number>();
  /** Kinds that may not be watched in the whole cluster, but maybe in single namespaces. */
  const narrow = new Set<string>();
  const blind = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let patient: NodeJS.Timeout | undefined;

  const check = () => {
    timer = undefined;
    if (signal.aborted) return;
    const drifted = new Map<string, string[]>();
    for (const kind of kinds.values()) {
      for (const identity of [...kind.changed]) {
        kind.changed.delete(identity);
        for (const [key, one] of followed) {
          const object = look(kind, identity, one);
          if (object !== undefined) drifted.set(key, [...(drifted.get(key) ?? []), object]);
        }
      }
    }
    for (const [key, objects] of drifted) onDrift(key, objects);
  };
  const look = (kind: Kind, identity: string, { expectations, isPaused, reported }: Followed): string | undefined => {
    const expected = expectations.get(kind.server)?.get(identity);
    if (!expected) return undefined;
    const place = placeOf(kind.server, identity);
    const waitMs = (heldUntil.get(place) ?? 0) - Date.now();
    if (isPaused || waitMs > 0) {
      kind.changed.add(identity);
      if (!isPaused) later(waitMs);
      return undefined;
    }
    const live = kind.live.get(identity);
    if (isAsLeft(expected, live)) {
      reported.delete(place);
      return undefined;
    }
    const state = live ? `${live.uid} ${live.managers.map((one) => one.manager + one.fields)}` : 'gone';
    if (reported.get(place) === state) return undefined;
    reported.set(place, state);
    return describe(expected.reference);
  };
  const scopeOf = (server: string, reference: ObjectReference): Scope => {
    const name = `${server} ${reference.group}/${reference.kind}`;
    const { namespace } = reference;
    return narrow.has(name) && namespace !== ''
      ? { name: `${name} ${namespace}`, server, reference, namespace }
      : { name, server, reference };
  };
  const expectedOf = ({ name, server }: Kind): string[] => {
    const all = [...followed.values()].flatMap(({ expectations }) => [...(expectations.get(server) ?? [])]);
    return all.filter(([, { reference }]) => scopeOf(server, reference).name === name).map(([identity]) => identity);
  };
  const later = (milliseconds: number) => {
    clearTimeout(patient);
    patient = setTimeout(check, milliseconds);
  };
  const schedule = () => {
    timer ??= setTimeout(check, debounceMs);
  };
  const follow = async (kind: Kind) => {
    try {
      const cluster = await clusterOf(kind.server);
      const type = cluster.typeOf(kind.reference);
      if (!type) return;
      const { name, namespace } = kind;
      const selection = { labelSelector: managedSelector, ...(namespace !== undefined && { namespace }) };
      for await (const event of cluster.watchMetadata(type, selection, kind.stop.signal)) {
        take(kind, event);
        // What is not in the list was removed while nobody looked.
        if (event.type === 'listed') for (const identity of expectedOf(kind)) kind.changed.add(identity);
        else blind.delete(name);
        schedule();
      }
    } catch (error) {
      if (kind.stop.signal.aborted || signal.aborted) return;
      if (!(error instanceof VidraError)) throw error;
      lose(kind, error);
    } finally {
      // Asked for again with the next run.
      kinds.delete(kind.name);
    }
  };
  const lose = ({ name, namespace, reference }: Kind, error: VidraError) => {
    if (error.code === 'CLUSTER_FORBIDDEN' && namespace === undefined && reference.namespace !== '') {
      narrow.add(name);
      followAll();
    } else if (!blind.has(name)) {
      blind.add(name);
      onBlind(error);
    }
  };
  const followAll = () => {
    const wanted = new Map<string, Scope>();
    for (const [server, objects] of [...followed.values()].flatMap(({ expectations }) => [...expectations])) {
      for (const { reference } of objects.values()) {
        const scope = scopeOf(server, reference);
        wanted.set(scope.name, scope);
      }
    }
    for (const [name, kind] of kinds) if (!wanted.has(name)) kind.stop.abort();
    for (const [name, scope] of wanted) {
      if (kinds.has(name) || signal.aborted) continue;
      const kind = { ...scope, live: new Map(), changed: new Set<string>(), stop: new AbortController() };
      kinds.set(name, kind);
      void follow(kind);
    }
  };
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    clearTimeout(patient);
    for (const kind of kinds.values()) kind.stop.abort();
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
      followAll();
      schedule();
    },
    forget: (key) => {
      if (followed.delete(key)) followAll();
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
