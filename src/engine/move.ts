/** Gives an object from one owner to another one, as it is: nothing of it changes but whose it is. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import { difference, type ManagedFields, managedFieldsOf, unionOf } from '../manifest/field-set.ts';
import { appliedBy, renameApplied } from '../manifest/managed-fields.ts';
import { describe, type JsonValue, keyOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { markedBy, markFields, type Owner, ownerOf } from '../manifest/owner.ts';
import { appliedFields } from '../plan/proof.ts';
import { patchLive } from './patch-live.ts';
import type { Recorded } from './request.ts';
import { runId } from './run-id.ts';
import type { Target } from './target.ts';

/** One object that changes its owner. */
export interface Move {
  readonly reference: ObjectReference;
  readonly from: OwnerHeader;
  readonly to: OwnerHeader;
}

/** `to` gets a record of the same set and destination, if it has none yet. Throws NOT_FOUND, DEFINITION_INVALID. */
export async function planMoves(target: Target, recorded: readonly Recorded[], to: string): Promise<Move[]> {
  const records = await target.inventory.list();
  const known = records.find(({ header, elsewhere }) => header.name === to && elsewhere === undefined)?.header;
  return recorded.map(({ record: { header: from }, entry: { reference } }) => {
    const subject = describe(reference);
    if (from.name === to) throw new VidraError('NOT_FOUND', `is ${to}'s already`, { subject });
    const next = known ?? { name: to, set: from.set, server: from.server };
    if (next.server === from.server) return { reference, from, to: next };
    const message = `is in another cluster than what ${to} has`;
    throw new VidraError('DEFINITION_INVALID', message, { subject });
  });
}

/** Announced first, so that a crash leaves an object on two records, and never on none. Throws PLAN_STALE. */
export async function carryOutMove(target: Target, { reference, from, to }: Move): Promise<void> {
  const { inventory } = target;
  const home = await target.home.identity();
  const run = runId();
  const cluster = await target.clusterOf(from.server);
  const type = cluster.typeOf(reference);
  if (!type) throw new VidraError('KIND_UNKNOWN', 'its kind is not served', { subject: describe(reference) });
  const records = await inventory.list();
  const entry = records.find(({ header }) => header.name === from.name)?.entries.get(keyOf(reference));
  await inventory.write({ header: to, run, put: [{ reference, state: 'pending', run }], drop: [] });

  const owner = ownerOf(to.name, home);
  await giveOver(cluster, type, reference, ownerOf(from.name, home), owner);
  const live = await cluster.getMetadata(type, reference);
  const fields = live && appliedFields(owner, live);
  if (!live || fields === undefined)
    throw new VidraError('PLAN_STALE', 'is gone since, or nobody has applied it', { subject: describe(reference) });
  const kept = {
    ...(entry?.digest !== undefined && { digest: entry.digest }),
    ...(entry?.protected && { protected: entry.protected }),
  };
  const applied = { reference, state: 'applied' as const, uid: live.uid, fields, ...kept };
  await inventory.write({ header: to, run, put: [applied], drop: [] });
  await inventory.write({ header: from, run, put: [], drop: [keyOf(reference)] });
}

// The server gives what a patch sets to the patch itself, so what is set is put into the right entry afterwards.
async function giveOver(
  cluster: Cluster,
  type: ResourceType,
  reference: ObjectReference,
  from: Owner,
  to: Owner,
): Promise<void> {
  await patchLive(
    cluster,
    type,
    reference,
    () => to.manager,
    (live) => remark(live, from, to),
  );
  await patchLive(
    cluster,
    type,
    reference,
    () => to.manager,
    (live) => settle(live, to),
  );
}

function remark(live: Manifest, from: Owner, to: Owner): PatchOperation[] {
  const entries = managedFieldsOf(live);
  if (!appliedBy(from.manager, entries)) return [];
  const marks = Object.keys(markedBy(from, bare(live)).metadata.annotations ?? {});
  const kept = Object.entries(live.metadata.annotations ?? {}).filter(([name]) => !marks.includes(name));
  const annotations = { ...Object.fromEntries(kept), ...markedBy(to, bare(live)).metadata.annotations };
  const moved = renameApplied(entries, from.manager, to.manager).map((entry) => withMarksOf(entry, from, to));
  return [
    { op: 'replace', path: '/metadata/managedFields', value: moved as unknown as JsonValue },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
}

function settle(live: Manifest, to: Owner): PatchOperation[] {
  const entries = managedFieldsOf(live);
  const isPatch = ({ manager, operation }: ManagedFields) => manager === to.manager && operation === 'Update';
  if (!entries.some(isPatch)) return [];
  const own = entries.filter((entry) => !isPatch(entry)).map((entry) => withMarksOf(entry, to, to));
  return [{ op: 'replace', path: '/metadata/managedFields', value: own as unknown as JsonValue }];
}

function withMarksOf(entry: ManagedFields, from: Owner, to: Owner): ManagedFields {
  if (entry.manager !== to.manager || entry.operation !== 'Apply') return entry;
  return { ...entry, fieldsV1: unionOf([difference(entry.fieldsV1 ?? {}, markFields(from)), markFields(to)]) };
}

function bare({ apiVersion, kind, metadata: { name } }: Manifest): Manifest {
  return { apiVersion, kind, metadata: { name } };
}
