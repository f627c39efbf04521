/** What is left of owners that exist no more: marked objects that no record names, and on request a whole set. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import type { InventoryEntry, InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { managedSelector, markedOwners } from '../manifest/owner.ts';
import type { Plan } from '../plan/plan.ts';
import { planIntents } from './prepare.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { leaving, type OwnerIntent } from './wishes.ts';

export interface OrphanOptions {
  /** Every owner of the target's set goes, too: nobody shows definitions, and somebody named the set. */
  readonly wholeSet: boolean;
}

/** Only objects of this home's owners; those of other homes and of other sets are never in the plan. */
export async function prepareOrphans(target: Target, run: Run, options: OrphanOptions): Promise<Plan> {
  const [records, home] = await Promise.all([target.inventory.list({ whole: true }), target.home.identity()]);
  const own = records.filter((record) => record.elsewhere === undefined);
  const inSet = options.wholeSet ? own.filter(({ header }) => header.set === target.set) : [];
  const all = await lostObjects(target.home, home, records, target.set);
  // Nobody can say which set an owner without a record was in.
  const lost = options.wholeSet ? all.filter(({ header }) => isRecorded(own, header.name)) : all;
  run.signal.throwIfAborted();
  const owners: OwnerIntent[] = [
    ...inSet.map((record) => leaving(withLost(record, lost), `the set "${target.set}" is given up`)),
    ...lost
      .filter(({ header }) => !isRecorded(inSet, header.name))
      .map((record) => leaving(record, 'no record names it')),
  ];
  return planIntents(target, run, records, { owners, problems: [], notes: [] });
}

/** One owner has one plan. */
function withLost(record: InventoryRecord, lost: readonly InventoryRecord[]): InventoryRecord {
  const more = lost.find(({ header }) => header.name === record.header.name);
  return more ? { ...record, entries: new Map([...record.entries, ...more.entries]) } : record;
}

function isRecorded(records: readonly InventoryRecord[], name: string): boolean {
  return records.some(({ header }) => header.name === name);
}

/** Marked objects of the home cluster that are in no record, as records of their own. */
async function lostObjects(
  cluster: Cluster,
  home: string,
  records: readonly InventoryRecord[],
  set: string,
): Promise<InventoryRecord[]> {
  const known = new Map(records.map((record) => [record.header.name, record]));
  const namesakes = new Set(records.filter((record) => record.elsewhere).map(({ header }) => header.name));
  const lost = new Map<string, InventoryEntry[]>();
  const lists = await Promise.all(
    cluster
      .types()
      .filter(isListable)
      .map((type) => listMarked(cluster, type)),
  );
  for (const object of lists.flat()) {
    for (const name of markedOwners(home, object)) {
      const record = known.get(name);
      if (namesakes.has(name)) continue;
      if (record?.entries.has(keyOf(object.reference)) || (record && record.header.set !== set)) continue;
      lost.set(name, [...(lost.get(name) ?? []), { reference: object.reference, state: 'applied', uid: object.uid }]);
    }
  }
  return [...lost].map(([name, entries]) => ({
    header: known.get(name)?.header ?? { name, set, server: '' },
    entries: new Map(entries.map((entry) => [keyOf(entry.reference), entry])),
  }));
}

function isListable(type: ResourceType): boolean {
  return type.verbs.includes('list') && type.verbs.includes('delete');
}

async function listMarked(cluster: Cluster, type: ResourceType): Promise<ObjectMetadata[]> {
  try {
    return await cluster.listMetadata(type, { labelSelector: managedSelector });
  } catch (error) {
    // What may not be listed cannot be pruned either; an API whose server is down has nothing to show now.
    if (error instanceof VidraError && ['CLUSTER_FORBIDDEN', 'NOT_FOUND', 'CLUSTER_FAILED'].includes(error.code))
      return [];
    throw error;
  }
}
