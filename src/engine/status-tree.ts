/** What a cluster's definitions, their owners and their objects are, as a tree. Pure. */
import { isRecord } from '../definition/record.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { conditionOf } from '../manifest/condition.ts';
import { type JsonObject, keyOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';

export interface ObjectStatus extends ObjectReference {
  /** `unknown`: it could not be looked at. */
  readonly state: 'current' | 'progressing' | 'failed' | 'missing' | 'unknown';
  /** For people; empty when it is as it should be. */
  readonly reason: string;
}

export interface OwnerStatus {
  readonly name: string;
  readonly set: string;
  readonly artifact?: string;
  /** Empty for the home cluster. */
  readonly server: string;
  readonly objects: readonly ObjectStatus[];
}

export interface DefinitionStatus {
  readonly kind: 'InfrahubSync' | 'VidraResource';
  readonly name: string;
  /** `files`: only its records are in the cluster. */
  readonly from: 'cluster' | 'files';
  readonly suspended?: true;
  /** Of the condition Ready, where an operator has given one. */
  readonly ready?: string;
  readonly message?: string;
  readonly owners: readonly OwnerStatus[];
}

/** How each object of each owner is: by the owner's name, then by identity. */
export type Survey = ReadonlyMap<string, ReadonlyMap<string, Pick<ObjectStatus, 'state' | 'reason'>>>;

/** By kind and name. `objects` are the InfrahubSyncs and VidraResources of the cluster; none where the kinds are not installed. */
export function statusTree(
  objects: readonly Manifest[],
  records: readonly InventoryRecord[],
  survey: Survey,
): DefinitionStatus[] {
  const owners = new Map<string, OwnerStatus[]>();
  for (const record of records) {
    const id = definitionOf(record);
    const known = owners.get(id) ?? [];
    owners.set(id, [...known, ownerStatus(record, survey)]);
  }
  const written = objects.filter((object) => !isRecord(object));
  const there = written.map((object) => definitionStatus(object, owners.get(`${object.kind} ${object.metadata.name}`)));
  const ids = new Set(written.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  const elsewhere = [...owners].filter(([id]) => !ids.has(id)).map(([id, own]) => fromFiles(id, own));
  return [...there, ...elsewhere].sort(byName);
}

/** The tree of what has a name: a definition, with its kind or without, or an owner. */
export function branchesOf(tree: readonly DefinitionStatus[], name: string): DefinitionStatus[] {
  const wanted = name.toLowerCase();
  return tree.flatMap((definition) => {
    const full = `${definition.kind}/${definition.name}`.toLowerCase();
    if (definition.name === name || full === wanted) return [definition];
    const owners = definition.owners.filter((owner) => owner.name === name);
    return owners.length > 0 ? [{ ...definition, owners }] : [];
  });
}

/** `InfrahubSync web`: the definition that an owner belongs to. */
export function definitionOf({ header }: InventoryRecord): string {
  return header.sync === undefined ? `VidraResource ${header.name}` : `InfrahubSync ${header.sync}`;
}

function ownerStatus({ header, entries }: InventoryRecord, survey: Survey): OwnerStatus {
  const { name, set, artifact, server } = header;
  const seen = survey.get(name);
  const objects = [...entries.values()].map(({ reference }) => ({
    ...reference,
    ...(seen?.get(keyOf(reference)) ?? { state: 'unknown' as const, reason: 'nobody has looked at it' }),
  }));
  return { name, set, ...(artifact && { artifact }), server, objects };
}

function definitionStatus(object: Manifest, owners: readonly OwnerStatus[] = []): DefinitionStatus {
  const ready = conditionOf((object['status'] ?? {}) as JsonObject, 'Ready');
  const { suspend } = (object['spec'] ?? {}) as { suspend?: boolean };
  return {
    kind: object.kind as DefinitionStatus['kind'],
    name: object.metadata.name,
    from: 'cluster',
    ...(suspend && { suspended: true }),
    ...(ready?.status && { ready: ready.status }),
    ...(ready?.message && { message: ready.message }),
    owners,
  };
}

function fromFiles(id: string, owners: readonly OwnerStatus[]): DefinitionStatus {
  const [kind, name = ''] = id.split(' ');
  return { kind: kind as DefinitionStatus['kind'], name, from: 'files', owners };
}

function byName(one: DefinitionStatus, other: DefinitionStatus): number {
  return `${one.kind} ${one.name}` < `${other.kind} ${other.name}` ? -1 : 1;
}
