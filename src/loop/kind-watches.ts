/** Watches the metadata of what is managed: one watch for each kind and cluster, or for each namespace where no more is allowed. */
import type { Cluster, WatchEvent } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import type { Expectations, Seen } from './expectation.ts';

export interface KindWatchesOptions {
  readonly clusterOf: (server: string) => Promise<Cluster>;
  /** Something has changed. */
  readonly onChange: () => void;
  /** Told once of what cannot be watched. */
  readonly onBlind: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

/** What one watch tells. */
export interface Watched {
  readonly server: string;
  /** By identity. */
  readonly live: ReadonlyMap<string, Seen>;
  /** Identities that changed since they were looked at; whoever looks at one takes it out. */
  readonly changed: Set<string>;
}

export interface KindWatches {
  readonly all: () => Iterable<Watched>;
  /** Watches the kinds of these objects from now on, and no others. */
  readonly cover: (objects: readonly Expectations[]) => void;
}

/** What one watch is for. */
interface Scope {
  readonly name: string;
  readonly server: string;
  readonly reference: ObjectReference;
  /** Nothing: all of them. */
  readonly namespace?: string;
}

interface KindWatch extends Scope, Watched {
  readonly live: Map<string, Seen>;
  readonly stop: AbortController;
}

export function watchKinds({ clusterOf, onChange, onBlind, signal }: KindWatchesOptions): KindWatches {
  const watches = new Map<string, KindWatch>();
  /** Kinds that may not be watched in the whole cluster, but maybe in single namespaces. */
  const narrow = new Set<string>();
  const blind = new Set<string>();
  let covered: readonly Expectations[] = [];

  const scopeOf = (server: string, reference: ObjectReference): Scope => {
    const name = `${server} ${reference.group}/${reference.kind}`;
    const { namespace } = reference;
    return narrow.has(name) && namespace !== ''
      ? { name: `${name} ${namespace}`, server, reference, namespace }
      : { name, server, reference };
  };
  const coveredBy = ({ name, server }: Scope): string[] => {
    const all = covered.flatMap((expectations) => [...(expectations.get(server) ?? [])]);
    return all.filter(([, { reference }]) => scopeOf(server, reference).name === name).map(([identity]) => identity);
  };
  const follow = async (watch: KindWatch) => {
    try {
      const cluster = await clusterOf(watch.server);
      const type = cluster.typeOf(watch.reference);
      if (!type) return;
      const { name, namespace } = watch;
      const selection = { labelSelector: managedSelector, ...(namespace !== undefined && { namespace }) };
      for await (const event of cluster.watchMetadata(type, selection, watch.stop.signal)) {
        take(watch, event);
        // What is not in the list was removed while nobody looked.
        if (event.type === 'listed') for (const identity of coveredBy(watch)) watch.changed.add(identity);
        else blind.delete(name);
        onChange();
      }
    } catch (error) {
      if (watch.stop.signal.aborted || signal.aborted) return;
      if (!(error instanceof VidraError)) throw error;
      lose(watch, error);
    } finally {
      // Asked for again with the next run.
      watches.delete(watch.name);
    }
  };
  const lose = ({ name, namespace, reference }: Scope, error: VidraError) => {
    if (error.code === 'CLUSTER_FORBIDDEN' && namespace === undefined && reference.namespace !== '') {
      narrow.add(name);
      followCovered();
    } else if (!blind.has(name)) {
      blind.add(name);
      onBlind(error);
    }
  };
  const followCovered = () => {
    const wanted = new Map<string, Scope>();
    for (const [server, objects] of covered.flatMap((expectations) => [...expectations])) {
      for (const { reference } of objects.values()) {
        const scope = scopeOf(server, reference);
        wanted.set(scope.name, scope);
      }
    }
    for (const [name, watch] of watches) if (!wanted.has(name)) watch.stop.abort();
    for (const [name, scope] of wanted) {
      if (watches.has(name) || signal.aborted) continue;
      const watch = { ...scope, live: new Map(), changed: new Set<string>(), stop: new AbortController() };
      watches.set(name, watch);
      void follow(watch);
    }
  };
  signal.addEventListener('abort', () => {
    for (const watch of watches.values()) watch.stop.abort();
  });

  return {
    all: () => watches.values(),
    cover: (objects) => {
      covered = objects;
      followCovered();
    },
  };
}

function take(watch: KindWatch, event: WatchEvent<ObjectMetadata>): void {
  if (event.type === 'listed') {
    watch.live.clear();
    for (const object of event.objects) watch.live.set(keyOf(object.reference), seen(object));
    return;
  }
  const key = keyOf(event.object.reference);
  if (event.type === 'changed') watch.live.set(key, seen(event.object));
  else watch.live.delete(key);
  watch.changed.add(key);
}

// There may be many, for a long time.
function seen({ uid, deleting, managers }: ObjectMetadata): Seen {
  return { uid, deleting, managers };
}
