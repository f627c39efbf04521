/** What is left of owners that exist no more: marked objects that no record names, and on request a whole set. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import type { InventoryEntry, InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { markedOwners, type Owner, ownerOf } from '../manifest/owner.ts';
import type { Plan } from '../plan/plan.ts';
import { leaving, type OwnerIntent } from './intent.ts';
import { listMarked } from './marked.ts';
import { planIntents } from './prepare.ts';
import { isPresent, mayBePresent, type Present, presentIn } from './present.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

export interface OrphanOptions {
  /** Every owner of the target's set goes, too: nobody shows definitions, and somebody named the set. */
  readonly wholeSet: boolean;
}

/** Only objects of this home's owners; those of other homes and of other sets are never in the plan. */
export async function prepareOrphans(target: Target, run: Run, options: OrphanOptions): Promise<Plan> {
  const [marked, home] = await Promise.all([listMarked(target.home), target.home.identity()]);
  // Afterwards: what was made until then had been announced before.
  const { records, unseen } = await readRecords(target, options);
  const own = records.filter((record) => record.elsewhere === undefined);
  const present = await presentIn(target.home, records);
  const inSet = options.wholeSet
    ? own.filter(({ header }) => header.set === target.set && !isPresent(header, present))
    : [];
  const ended = own.filter((record) => isEndedSync(record, present));
  const all = (unseen ? [] : lostObjects(marked, home, records, target.set)).filter(
    ({ header }) => isRecorded(own, header.name) || !mayBePresent(header.name, present),
  );
  // Nobody can say which set an owner without a record was in.
  const lost = options.wholeSet ? all.filter(({ header }) => isRecorded(own, header.name)) : all;
  run.signal.throwIfAborted();
  const owners: OwnerIntent[] = [
    ...inSet.map((record) => leaving(withLost(record, lost), `the set "${target.set}" is given up`)),
    ...ended.map((record) => leaving(record, `its InfrahubSync ${record.header.sync} is gone`)),
    ...lost
      .filter(({ header }) => !isRecorded(inSet, header.name))
      .map((record) => leaving(record, 'no record names it')),
  ];
  return planIntents(target, run, records, { owners, problems: [], notes: unseen ? [unseen] : [] });
}

/**
 * What is on no record of this Vidra may be on one that cannot be read, and then somebody wants it. A set that is named is on
 * its own records, which are enough for what they name.
 */
async function readRecords({ inventory }: Target, { wholeSet }: OrphanOptions): Promise<Records> {
  try {
    return { records: await inventory.list({ whole: true }) };
  } catch (error) {
    if (!wholeSet || !(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN') throw error;
    const unseen = `objects that are on no record are not looked for, and stay: ${error.message}`;
    return { records: await inventory.list(), unseen };
  }
}

interface Records {
  readonly records: readonly InventoryRecord[];
  /** For people: what could not be looked at. */
  readonly unseen?: string;
}

/** What upstream's operator left of an InfrahubSync that was deleted, and did not get to delete. */
function isEndedSync({ header }: InventoryRecord, present: Present): boolean {
  return header.set === '' && header.sync !== undefined && !isPresent(header, present);
}

/** One owner has one plan. */
function withLost(record: InventoryRecord, lost: readonly InventoryRecord[]): InventoryRecord {
  const more = lost.find(({ header }) => header.name === record.header.name);
  return more ? { ...record, entries: new Map([...record.entries, ...more.entries]) } : record;
}

function isRecorded(records: readonly InventoryRecord[], name: string): boolean {
  return records.some(({ header }) => header.name === name);
}

/** Marked objects that are in no record, as records of their own. */
function lostObjects(
  marked: readonly ObjectMetadata[],
  home: string,
  records: readonly InventoryRecord[],
  set: string,
): InventoryRecord[] {
  const known = new Map(records.map((record) => [record.header.name, record]));
  const namesakes = new Set(records.filter((record) => record.elsewhere).map(({ header }) => header.name));
  const lost = new Map<string, InventoryEntry[]>();
  for (const object of marked) {
    for (const name of markedOwners(home, object)) {
      const record = known.get(name);
      if (namesakes.has(name) || !isApplied(ownerOf(name, home), object)) continue;
      if (record?.entries.has(keyOf(object.reference)) || (record && record.header.set !== set)) continue;
      lost.set(name, [...(lost.get(name) ?? []), { reference: object.reference, state: 'applied', uid: object.uid }]);
    }
  }
  return [...lost].map(([name, entries]) => ({
    header: known.get(name)?.header ?? { name, set, server: '' },
    entries: new Map(entries.map((entry) => [keyOf(entry.reference), entry])),
  }));
}

// Labels and annotations are copied, by people and by controllers; who has applied an object cannot be.
function isApplied({ manager }: Owner, object: ObjectMetadata): boolean {
  return object.managers.some((entry) => entry.manager === manager);
}
