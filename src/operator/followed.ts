/** The definitions of a cluster, as custom resources: what there is now, and a word at each change that is somebody's wish. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { definitionApiVersion, nameOfDefinition, type Stored } from '../definition/definition.ts';
import { isRecord, syncOfRecord } from '../definition/record.ts';
import { loadStored, type StoredDefinition, storedOf } from '../definition/stored.ts';
import { VidraError } from '../errors.ts';
import { digestOf } from '../manifest/json.ts';
import { groupVersion, type JsonObject, type JsonValue, type Manifest } from '../manifest/manifest.ts';

/** A definition with the object that it is, as last seen. */
export interface Followed extends StoredDefinition {
  readonly type: ResourceType;
  readonly object: Manifest;
  /** A digest of all that people say by it; not of what Vidra writes to it. */
  readonly wish: string;
}

/** The record of an owner, without the objects that it records, and without manifests. */
export interface FollowedRecord extends Pick<Followed, 'type' | 'object' | 'stored' | 'kind' | 'name'> {
  readonly sync: string | undefined;
}

export interface FollowOptions {
  readonly home: Cluster;
  /** By key. Holds all there are when the promise resolves, and is kept up to date until the signal aborts. */
  readonly known: Map<string, Followed>;
  /** The VidraResources that are only records of owners, by name; kept up to date as well. */
  readonly records: Map<string, FollowedRecord>;
  /** Somebody wants something else now; `key` is the name of the definition, as in `InfrahubSync web`. */
  readonly onChange: (key: string, isFirst: boolean) => void;
  /** Told of each version. */
  readonly onSeen: (key: string, now: Followed, before: Followed | undefined) => void;
  readonly onGone: (key: string) => void;
  /** Told of each version. */
  readonly onRecordSeen: (record: FollowedRecord, before: FollowedRecord | undefined) => void;
  readonly onRecordGone: (record: FollowedRecord) => void;
  /** Told once of what makes that definitions are not seen; it is tried again. */
  readonly onProblem: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

const definitionKinds = ['InfrahubSync', 'VidraResource'] as const;

/** The annotations of a definition by which people speak to Vidra. */
const spokenPrefix = 'vidra.infrahub.operators.com/';

/** Kinds may be installed later, or again. */
const againMs = 2_000;

/** Resolves when all definitions have been seen once, or the signal has aborted, and goes on. */
export async function followDefinitions(options: FollowOptions): Promise<void> {
  await Promise.all(definitionKinds.map((kind) => new Promise<void>((resolve) => void follow(kind, options, resolve))));
}

async function follow(kind: Followed['kind'], options: FollowOptions, listed: () => void): Promise<void> {
  const { home, onProblem, signal } = options;
  let said = '';
  while (!signal.aborted) {
    try {
      const type = definitionType(home, kind);
      await followOnce(type, options, () => {
        said = '';
        listed();
      });
    } catch (error) {
      if (!(error instanceof VidraError)) throw error;
      if (!signal.aborted && error.message !== said) onProblem(error);
      said = error.message;
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
      await rediscover(home);
    }
  }
  listed();
}

/** Throws KIND_UNKNOWN. */
function definitionType(home: Cluster, kind: Followed['kind']): ResourceType {
  const type = home.typeOf({ ...groupVersion(definitionApiVersion), kind });
  if (type) return type;
  throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}; install it with: vidra install`, {
    subject: home.server,
  });
}

/** What cannot be found out now is as it was. */
async function rediscover(home: Cluster): Promise<void> {
  try {
    await home.discover();
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
  }
}

async function followOnce(type: ResourceType, options: FollowOptions, listed: () => void): Promise<void> {
  const kind = type.kind as Followed['kind'];
  for await (const event of options.home.watch(type, {}, options.signal)) {
    if (event.type === 'removed') forget(kind, event.object.metadata.name, options);
    else {
      const objects = event.type === 'listed' ? event.objects : [event.object];
      if (event.type === 'listed') forgetOthers(kind, new Set(objects.map(({ metadata }) => metadata.name)), options);
      await take(type, objects, options);
    }
    listed();
  }
}

function forget(kind: Followed['kind'], name: string, { known, records, onGone, onRecordGone }: FollowOptions): void {
  const key = nameOfDefinition({ kind, name });
  if (known.delete(key)) onGone(key);
  const record = kind === 'VidraResource' ? records.get(name) : undefined;
  if (record && records.delete(name)) onRecordGone(record);
}

function forgetOthers(kind: Followed['kind'], present: ReadonlySet<string>, options: FollowOptions): void {
  const followed = [...options.known.values(), ...options.records.values()];
  const gone = followed.filter((one) => one.kind === kind && !present.has(one.name));
  for (const { name } of gone) forget(kind, name, options);
}

async function take(
  type: ResourceType,
  objects: readonly Manifest[],
  { known, records, onChange, onSeen, onRecordSeen }: FollowOptions,
): Promise<void> {
  for (const record of objects.filter(isRecord).map((object) => recordOf(type, object))) {
    const before = records.get(record.name);
    records.set(record.name, record);
    onRecordSeen(record, before);
  }
  const byName = new Map(objects.map((object) => [object.metadata.name, object]));
  for (const one of await loadStored(objects)) {
    const key = nameOfDefinition(one);
    const before = known.get(key);
    const now = withWish(one, type, withoutMuch(byName.get(one.name) as Manifest));
    known.set(key, now);
    if (before?.wish !== now.wish) onChange(key, before === undefined);
    onSeen(key, now, before);
  }
}

function recordOf(type: ResourceType, object: Manifest): FollowedRecord {
  const { manifest: _manifest, ...spec } = (object['spec'] ?? {}) as JsonObject;
  return {
    ...{ type, kind: 'VidraResource', name: object.metadata.name, stored: storedOf(object.metadata) },
    object: { ...withoutMuch(object), spec },
    sync: syncOfRecord(object),
  };
}

// What is recorded there the inventory knows, and there may be much, for a long time.
function withoutMuch(object: Manifest): Manifest {
  const { managedFields: _managers, ...metadata } = object.metadata;
  const { managedResources: _resources, ...status } = (object['status'] ?? {}) as JsonObject;
  return { ...object, metadata, status };
}

/** A definition with the object that it is. */
export function withWish(one: StoredDefinition, type: ResourceType, object: Manifest): Followed {
  return { ...one, type, object, wish: wishOf(one.stored, object) };
}

function wishOf({ annotations, uid, deleting }: Stored, object: Manifest): string {
  const spoken = Object.entries(annotations).filter(([name]) => name.startsWith(spokenPrefix));
  return digestOf([object['spec'] ?? {}, deleting === true, uid, spoken.sort()] as JsonValue);
}
