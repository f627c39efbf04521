/**
 * Records that nobody works on: they were deleted, their InfrahubSync is gone, and their finalizer keeps them. They are taken for
 * definitions that somebody has deleted.
 */
import { nameOfDefinition } from '../definition/definition.ts';
import { loadDefinitions } from '../definition/stored.ts';
import { resourceFinalizer } from '../inventory/resources.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import { type Followed, type FollowedRecord, withWish } from './followed.ts';

export interface LeftBehindOptions {
  readonly known: Map<string, Followed>;
  readonly records: ReadonlyMap<string, FollowedRecord>;
  readonly onChange: (key: string, isFirst: boolean) => void;
  readonly onGone: (key: string) => void;
}

export interface LeftBehind {
  /** All InfrahubSyncs are known from now on: what is not there is gone. */
  readonly begin: () => void;
  readonly recordSeen: (record: FollowedRecord) => void;
  readonly definitionSeen: (definition: Followed) => void;
  readonly definitionGone: (key: string) => void;
}

/** Keeps them among the known definitions for as long as nobody else works on them. */
export function createLeftBehind({ known, records, onChange, onGone }: LeftBehindOptions): LeftBehind {
  let isComplete = false;
  const isLeft = ({ stored, object, sync }: FollowedRecord) => {
    const finalizers = (object.metadata['finalizers'] ?? []) as readonly string[];
    const isStuck = stored.deleting === true && finalizers.includes(resourceFinalizer);
    return isComplete && isStuck && sync !== undefined && !known.has(keyOfSync(sync));
  };
  const recordSeen = async (record: FollowedRecord) => {
    if (!isLeft(record)) return;
    const followed = await asDefinition(record);
    if (records.get(record.name) !== record || !isLeft(record)) return;
    const key = nameOfDefinition(record);
    const before = known.get(key);
    known.set(key, followed);
    if (before?.wish !== followed.wish) onChange(key, before === undefined);
  };
  const recordsOf = (syncKey: string) =>
    [...records.values()].filter(({ sync }) => sync !== undefined && keyOfSync(sync) === syncKey);
  return {
    begin: () => {
      isComplete = true;
      for (const record of records.values()) void recordSeen(record);
    },
    recordSeen: (record) => void recordSeen(record),
    definitionSeen: (definition) => {
      for (const record of recordsOf(nameOfDefinition(definition))) {
        const key = nameOfDefinition(record);
        if (known.delete(key)) onGone(key);
      }
    },
    definitionGone: (key) => {
      for (const record of recordsOf(key)) void recordSeen(record);
    },
  };
}

function keyOfSync(name: string): string {
  return nameOfDefinition({ kind: 'InfrahubSync', name });
}

/** The record tells what its InfrahubSync said of its end, where that was not the default. */
async function asDefinition(record: FollowedRecord): Promise<Followed> {
  const { object, type } = record;
  const { inventory = {} } = (object['status'] ?? {}) as { readonly inventory?: JsonObject };
  const noted = ['deletionPolicy', 'propagationPolicy'].filter((field) => inventory[field] !== undefined);
  const spec = {
    ...(object['spec'] as JsonObject),
    ...Object.fromEntries(noted.map((field) => [field, inventory[field]])),
  };
  const [one] = await loadDefinitions([{ ...object, spec } as FollowedRecord['object']]);
  if (!one) throw new Error('one object is one definition');
  return withWish(one, type, object);
}
