/** From definitions, snapshots and records to what becomes of each owner: wanted, leaving, or waiting. */
import type { Definition, InfrahubSync } from '../definition/definition.ts';
import { type ErrorCode, VidraError } from '../errors.ts';
import { destinationServer, type InventoryRecord, type OwnerHeader } from '../inventory/inventory.ts';
import { decode } from '../manifest/decode.ts';
import type { LocatedManifest } from '../manifest/manifest.ts';
import type { Problem } from '../plan/plan.ts';
import type { Artifact, Snapshot } from '../source/source.ts';
import type { Target } from './target.ts';

/** One owner before its cluster is asked. */
export interface OwnerIntent {
  readonly header: OwnerHeader;
  readonly record: InventoryRecord | undefined;
  readonly wish:
    | { readonly type: 'wanted'; readonly manifests: readonly LocatedManifest[]; readonly namespace: string }
    | { readonly type: 'leaving'; readonly reason: string }
    | { readonly type: 'waiting'; readonly reason: string };
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface Intents {
  readonly owners: readonly OwnerIntent[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** What a sync's source gave: a snapshot, or why there is none. */
export type Fetched = ReadonlyMap<string, Snapshot | VidraError>;

type Sets = Pick<Target, 'set' | 'definitions' | 'namespace' | 'prune'>;

export function intentsOf(target: Sets, fetched: Fetched, records: readonly InventoryRecord[]): Intents {
  const own = records.filter((record) => record.elsewhere === undefined);
  return withoutNamesakes(ownIntents(target, fetched, own), records);
}

/** Owners of one name would share their marks, and so take each other's objects: those of two records, and of two definitions. */
function withoutNamesakes(intents: Intents, records: readonly InventoryRecord[]): Intents {
  const elsewhere = new Map(
    records.flatMap((record) => (record.elsewhere ? [[record.header.name, record.elsewhere]] : [])),
  );
  const names = intents.owners.map(({ header }) => header.name);
  const first = new Map(names.map((name, index): [string, number] => [name, index]).reverse());
  const twins = new Set(names.filter((name, index) => first.get(name) !== index));
  const isNamesake = (name: string) => elsewhere.has(name) || twins.has(name);
  const problems = [...new Set(names)].filter(isNamesake).map((subject) => {
    const place = elsewhere.get(subject);
    if (place === undefined)
      return problemOf(new VidraError('DEFINITION_INVALID', 'is the name of two owners of the set', { subject }));
    const message = `an owner of this name has its record in the namespace "${place}" (VIDRA_NAMESPACE)`;
    return problemOf(new VidraError('SET_MISMATCH', message, { subject }));
  });
  return {
    ...intents,
    owners: intents.owners.filter(({ header }) => !isNamesake(header.name)),
    problems: [...intents.problems, ...problems],
  };
}

function ownIntents(target: Sets, fetched: Fetched, records: readonly InventoryRecord[]): Intents {
  const byName = new Map(records.map((record) => [record.header.name, record]));
  const parts = target.definitions.map((definition) => ofDefinition(definition, target, fetched, records, byName));
  const named = new Set(parts.flatMap((part) => part.owners.map((owner) => owner.header.name)));
  const syncs = new Set(target.definitions.filter((one) => one.kind === 'InfrahubSync').map((one) => one.name));
  const left = records.filter(
    ({ header }) => header.set === target.set && !named.has(header.name) && !(header.sync && syncs.has(header.sync)),
  );
  return merge([...parts, ofLeft(left, target)]);
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
  const { name, manifest, destination, origin } = definition;
  const header = { name, set: target.set, server: destinationServer(destination.server) };
  const decoded = decode(manifest, { source: origin.source, artifact: `VidraResource ${name}` });
  return only(wanted(header, decoded, destination.namespace ?? target.namespace, byName.get(name), target.set));
}

function ofSync(
  sync: InfrahubSync,
  target: Sets,
  snapshot: Snapshot | VidraError | undefined,
  records: readonly InventoryRecord[],
  byName: ReadonlyMap<string, InventoryRecord>,
): Intents {
  const own = records.filter(({ header }) => header.sync === sync.name && header.set === target.set);
  if (!snapshot || snapshot instanceof VidraError) {
    const problem = problemOf(snapshot ?? new VidraError('SOURCE_UNREACHABLE', 'was not read', { subject: sync.name }));
    return {
      owners: own.map((record) => waiting(record, 'its source could not be read')),
      problems: [problem],
      notes: [],
    };
  }
  const owners = snapshot.artifacts.map((artifact) => ofArtifact(sync, artifact, target, byName));
  const pendingIds = new Map(snapshot.pending.map((artifact) => [ownerName(sync, artifact.id, byName), artifact]));
  const present = new Set(owners.map((owner) => owner.header.name));
  const absent = own.filter((record) => !present.has(record.header.name));
  const gone = absent.filter((record) => !pendingIds.has(record.header.name));
  const isEmpty = snapshot.artifacts.length === 0 && snapshot.pending.length === 0;
  const mayLeave = snapshot.complete && !isEmpty;
  return {
    owners: [
      ...owners,
      ...absent
        .filter((record) => pendingIds.has(record.header.name))
        .map((record) => {
          return waiting(record, pendingIds.get(record.header.name)?.reason ?? 'not rendered yet');
        }),
      ...gone.map((record) =>
        mayLeave ? leaving(record, `its artifact left ${sync.name}`) : waiting(record, 'its artifact is not listed'),
      ),
    ],
    problems: isEmpty ? [empty(sync, gone.length)] : [],
    notes: [
      ...snapshot.warnings,
      ...snapshot.pending.map((artifact) => `${artifact.name} (${artifact.id}): ${artifact.reason}`),
    ],
  };
}

function ofArtifact(
  sync: InfrahubSync,
  artifact: Artifact,
  target: Sets,
  byName: ReadonlyMap<string, InventoryRecord>,
): OwnerIntent {
  const label = `${artifact.name} (${artifact.id})`;
  const name = ownerName(sync, artifact.id, byName);
  const { namespace = target.namespace } = sync.destination;
  const server = destinationServer(sync.destination.server);
  const header = { name, set: target.set, sync: sync.name, artifact: label, checksum: artifact.digest, server };
  const decoded = decode(artifact.content, { source: sync.source.infrahubAPIURL, artifact: label });
  return wanted(header, decoded, namespace, byName.get(name), target.set);
}

// Upstream named them by the bare id; such a one that is this sync's keeps its name.
function ownerName(sync: InfrahubSync, artifactId: string, byName: ReadonlyMap<string, InventoryRecord>): string {
  return byName.get(artifactId)?.header.sync === sync.name ? artifactId : `${sync.name}-${artifactId}`;
}

function wanted(
  header: OwnerHeader,
  decoded: ReturnType<typeof decode>,
  namespace: string,
  record: InventoryRecord | undefined,
  set: string,
): OwnerIntent {
  const problems = decoded.problems.map(problemOf);
  if (record && record.header.set !== '' && record.header.set !== set) {
    return refused(record, 'SET_MISMATCH', `belongs to the set "${record.header.set}"`);
  }
  // What it has at the old place would be nobody's: the record of an owner is of one cluster.
  const place = record && destinationServer(record.header.server);
  if (record && record.entries.size > 0 && place !== header.server) {
    const message = `has its objects in ${place || 'the home cluster'}; give them up with --prune before it moves to ${header.server || 'the home cluster'}`;
    return refused(record, 'DEFINITION_INVALID', message);
  }
  return {
    header,
    record,
    wish: { type: 'wanted', manifests: decoded.manifests, namespace },
    problems,
    notes: decoded.warnings,
  };
}

function ofLeft(records: readonly InventoryRecord[], target: Sets): Intents {
  if (target.prune) {
    const reason = `its definition left the set "${target.set}"`;
    return { owners: records.map((record) => leaving(record, reason)), problems: [], notes: [] };
  }
  const notes = records.map(({ header, entries }) => {
    return `${header.name}: its definition is not in the set "${target.set}" any more; --prune deletes its objects (${entries.size})`;
  });
  return { owners: [], problems: [], notes };
}

/** An owner that loses everything that nobody else wants. */
export function leaving(record: InventoryRecord, reason: string): OwnerIntent {
  return { header: record.header, record, wish: { type: 'leaving', reason }, problems: [], notes: [] };
}

function waiting(record: InventoryRecord, reason: string): OwnerIntent {
  return { header: record.header, record, wish: { type: 'waiting', reason }, problems: [], notes: [] };
}

/** Nothing becomes of an owner whose definition is not for its record. */
function refused(record: InventoryRecord, code: ErrorCode, reason: string): OwnerIntent {
  const problem = problemOf(new VidraError(code, reason, { subject: record.header.name }));
  return { ...waiting(record, reason), problems: [problem] };
}

function empty(sync: InfrahubSync, owners: number): Problem {
  const left = owners > 0 ? `; nothing of what it gave before (artifacts: ${owners}) is deleted` : '';
  const message = `no artifact named "${sync.source.artefactName}" on branch "${sync.source.targetBranch}"${left}`;
  return problemOf(new VidraError('SOURCE_EMPTY', message, { subject: sync.name }));
}

/** An error as plain data. */
export function problemOf(error: VidraError): Problem {
  return { code: error.code, message: error.message };
}

function only(owner: OwnerIntent): Intents {
  return { owners: [owner], problems: [], notes: [] };
}

function merge(parts: readonly Intents[]): Intents {
  return {
    owners: parts.flatMap((part) => part.owners),
    problems: parts.flatMap((part) => part.problems),
    notes: parts.flatMap((part) => part.notes),
  };
}
