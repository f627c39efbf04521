/** The definitions of a cluster, as custom resources: what there is now, and a word at each change that is somebody's wish. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { definitionApiVersion, nameOfDefinition, type Stored } from '../definition/definition.ts';
import { loadStored, type StoredDefinition } from '../definition/stored.ts';
import { VidraError } from '../errors.ts';
import { digestOf } from '../manifest/json.ts';
import { groupVersion, type JsonValue, type Manifest } from '../manifest/manifest.ts';

/** A definition with the object that it is, as last seen. */
export interface Followed extends StoredDefinition {
  readonly type: ResourceType;
  readonly object: Manifest;
  /** A digest of all that people say by it; not of what Vidra writes to it. */
  readonly wish: string;
}

export interface FollowOptions {
  readonly home: Cluster;
  /** By key. Holds all there are when the promise resolves, and is kept up to date until the signal aborts. */
  readonly known: Map<string, Followed>;
  /** Somebody wants something else now; `key` is the name of the definition, as in `InfrahubSync web`. */
  readonly onChange: (key: string, isFirst: boolean) => void;
  readonly onGone: (key: string) => void;
  readonly onBlind: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

export const definitionKinds = ['InfrahubSync', 'VidraResource'] as const;

/** The annotations of a definition by which people speak to Vidra. */
const spokenPrefix = 'vidra.infrahub.operators.com/';

/** Resolves when all definitions have been seen once, and goes on. Throws KIND_UNKNOWN without the kinds. */
export async function followDefinitions(options: FollowOptions): Promise<void> {
  const types = definitionKinds.map((kind) => definitionType(options.home, kind));
  await Promise.all(types.map((type) => new Promise<void>((resolve) => void follow(type, options, resolve))));
}

/** Throws KIND_UNKNOWN. */
export function definitionType(home: Cluster, kind: (typeof definitionKinds)[number]): ResourceType {
  const type = home.typeOf({ ...groupVersion(definitionApiVersion), kind });
  if (type) return type;
  throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}; install it with: vidra install`, {
    subject: home.server,
  });
}

async function follow(type: ResourceType, options: FollowOptions, listed: () => void): Promise<void> {
  const { home, known, onGone, onBlind, signal } = options;
  const keyOf = ({ metadata: { name } }: Manifest) => nameOfDefinition({ kind: type.kind as Followed['kind'], name });
  const forget = (key: string) => {
    if (known.delete(key)) onGone(key);
  };
  try {
    for await (const event of home.watch(type, {}, signal)) {
      if (event.type === 'removed') forget(keyOf(event.object));
      else {
        const objects = event.type === 'listed' ? event.objects : [event.object];
        if (event.type === 'listed') forgetOthers(type, new Set(objects.map(keyOf)), known, forget);
        await take(type, objects, options);
      }
      listed();
    }
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    if (!signal.aborted) onBlind(error);
  } finally {
    listed();
  }
}

function forgetOthers(
  type: ResourceType,
  present: ReadonlySet<string>,
  known: ReadonlyMap<string, Followed>,
  forget: (key: string) => void,
): void {
  const gone = [...known].filter(([key, one]) => one.kind === type.kind && !present.has(key));
  for (const [key] of gone) forget(key);
}

async function take(
  type: ResourceType,
  objects: readonly Manifest[],
  { known, onChange }: FollowOptions,
): Promise<void> {
  const byName = new Map(objects.map((object) => [object.metadata.name, object]));
  for (const one of await loadStored(objects)) {
    const key = nameOfDefinition(one);
    const before = known.get(key);
    const object = withoutManagers(byName.get(one.name) as Manifest);
    const wish = wishOf(one.stored, object);
    known.set(key, { ...one, type, object, wish });
    if (before?.wish !== wish) onChange(key, before === undefined);
  }
}

// There may be many, for a long time.
function withoutManagers(object: Manifest): Manifest {
  const { managedFields: _managers, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function wishOf({ annotations, uid, deleting }: Stored, object: Manifest): string {
  const spoken = Object.entries(annotations).filter(([name]) => name.startsWith(spokenPrefix));
  return digestOf([object['spec'] ?? {}, deleting === true, uid, spoken.sort()] as JsonValue);
}
