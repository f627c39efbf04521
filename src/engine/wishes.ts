/** From definitions, snapshots and records to what becomes of each owner: wanted, leaving, or waiting. */
import { type Definition, nameOfDefinition, type VidraResource } from '../definition/definition.ts';
import type { VidraError } from '../errors.ts';
import { destinationServer, type InventoryRecord, isOfSet } from '../inventory/inventory.ts';
import { decode } from '../manifest/decode.ts';
import type { Snapshot } from '../source/source.ts';
import { heldBackBy } from './held-back.ts';
import { emptied, type Intents, isEmptied, leaving, only, waiting, wanted } from './intent.ts';
import { withoutNamesakes } from './namesakes.ts';
import { isPresent, type Present } from './present.ts';
import { ofSync } from './sync-wishes.ts';
import type { Target } from './target.ts';

/** What a sync's source gave: a snapshot, or why there is none. */
export type Fetched = ReadonlyMap<string, Snapshot | VidraError>;

type Sets = Pick<
  Target,
  'set' | 'definitions' | 'others' | 'namespace' | 'prune' | 'partial' | 'overrides' | 'heldBack'
>;

export function intentsOf(
  target: Sets,
  fetched: Fetched,
  records: readonly InventoryRecord[],
  present: Present,
): Intents {
  const own = records.filter((record) => record.elsewhere === undefined);
  return withoutNamesakes(ownIntents(target, fetched, own, present), records);
}

function ownIntents(target: Sets, fetched: Fetched, records: readonly InventoryRecord[], present: Present): Intents {
  const byName = new Map(records.map((record) => [record.header.name, record]));
  const parts = target.definitions.map((definition): Intents => {
    const part = partOf(definition, target, fetched, records, byName, present);
    const concerning = nameOfDefinition(definition);
    return {
      owners: part.owners,
      problems: part.problems.map((problem) => ({ ...problem, definition: concerning })),
      notes: [...part.notes, ...twinNotes(definition, present)],
    };
  });
  if (target.partial) return merge(parts);
  const all = [...target.definitions, ...(target.others ?? [])];
  const namesOf = (kind: Definition['kind']) => all.filter((one) => one.kind === kind).map(({ name }) => name);
  const planned = parts.flatMap((part) => part.owners.map((owner) => owner.header.name));
  const named = new Set([...planned, ...namesOf('VidraResource')]);
  const syncs = new Set(namesOf('InfrahubSync'));
  const left = records.filter(
    ({ header }) =>
      header.set === target.set &&
      !named.has(header.name) &&
      !(header.sync && syncs.has(header.sync)) &&
      !isPresent(header, present),
  );
  return merge([...parts, ofLeft(left, target)]);
}

/** Of what is read from a file, where the cluster has a definition of the same name. */
function twinNotes({ kind, name, stored }: Definition, { syncs, resources }: Present): string[] {
  const names = kind === 'InfrahubSync' ? syncs : resources;
  if (stored || names === 'unknown' || !names.has(name)) return [];
  return [`${nameOfDefinition({ kind, name })} is in the cluster, too, as a custom resource; this plan is of the file`];
}

function partOf(
  definition: Definition,
  target: Sets,
  fetched: Fetched,
  records: readonly InventoryRecord[],
  byName: ReadonlyMap<string, InventoryRecord>,
  present: Present,
): Intents {
  if (definition.stored?.deleting) return ofDeleted(definition, target, records, present);
  const why = heldBackBy(definition, target);
  if (why !== undefined) return ofHeldBack(definition, why, target, records);
  return ofDefinition(definition, target, fetched, records, byName);
}

function ofDefinition(
  definition: Definition,
  target: Sets,
  fetched: Fetched,
  records: readonly InventoryRecord[],
  byName: ReadonlyMap<string, InventoryRecord>,
): Intents {
  if (definition.kind === 'InfrahubSync')
    return ofSync(definition, target, fetched.get(definition.name), records, byName);
  const { name, manifest, destination, origin, place } = definition;
  const header = { name, set: target.set, server: destinationServer(destination.server) };
  const { source } = origin;
  const decoded = decode(manifest, place ? { source, place } : { source, artifact: nameOfDefinition(definition) });
  const record = byName.get(name);
  if (record && isEmptied(record, decoded)) return only(emptied(record, nameOfDefinition(definition), 'spec.manifest'));
  const policy = { ...definition.policy, ...target.overrides };
  return only(wanted(header, decoded, destination.namespace ?? target.namespace, record, target.set, policy));
}

/**
 * A definition that waits for its finalizer takes its owners along; what becomes of their objects is for its deletionPolicy alone.
 * Whoever deletes it by its name means all that it has, however many that are.
 */
function ofDeleted(
  definition: Definition,
  target: Sets,
  records: readonly InventoryRecord[],
  present: Present,
): Intents {
  const rules = { ...definition.policy, ...target.overrides, prune: true, maxDeletions: { percent: 100 } };
  const own = recordsOf(definition, target, records);
  const isWanted = isRecordOfSync(definition) && isPresent(definition, present);
  const owners = own.map((record) =>
    isWanted
      ? waiting(record, `its InfrahubSync ${definition.sync} is there, or may be`)
      : leaving(record, 'its definition is being deleted', rules),
  );
  return { owners, problems: [], notes: [] };
}

/** Whether it is the record of an InfrahubSync, which decides over it as long as there is one. */
export function isRecordOfSync(definition: Definition): definition is VidraResource & { readonly sync: string } {
  return definition.kind === 'VidraResource' && definition.sync !== undefined;
}

function ofHeldBack(definition: Definition, why: string, target: Sets, records: readonly InventoryRecord[]): Intents {
  const owners = recordsOf(definition, target, records).map((record) => waiting(record, `left as it is, by ${why}`));
  const note = `${nameOfDefinition(definition)} is left as it is, by ${why}`;
  return { owners, problems: [], notes: [note] };
}

function recordsOf({ kind, name }: Definition, { set }: Sets, records: readonly InventoryRecord[]): InventoryRecord[] {
  return records.filter(
    ({ header }) => isOfSet(header, set) && (kind === 'InfrahubSync' ? header.sync === name : header.name === name),
  );
}

function ofLeft(records: readonly InventoryRecord[], target: Sets): Intents {
  if (target.prune) {
    const reason = `its definition left the set "${target.set}"`;
    return { owners: records.map((record) => leaving(record, reason)), problems: [], notes: [] };
  }
  const notes = records.map(({ header, entries }) => {
    return `${header.name}: its definition is not in the set "${target.set}" any more; --prune deletes its ${entries.size === 1 ? 'object' : `${entries.size} objects`}`;
  });
  return { owners: [], problems: [], notes };
}

function merge(parts: readonly Intents[]): Intents {
  return {
    owners: parts.flatMap((part) => part.owners),
    problems: parts.flatMap((part) => part.problems),
    notes: parts.flatMap((part) => part.notes),
  };
}
