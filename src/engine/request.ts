/** What somebody asks of objects that are named: to take them over, or to let them go. Both are plans like any other. */

import { defaultPolicy } from '../definition/policy.ts';
import { VidraError } from '../errors.ts';
import type { InventoryEntry, InventoryRecord } from '../inventory/inventory.ts';
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isNamed, type ObjectName } from '../manifest/object-name.ts';
import { isMarkedBy, ownerOf } from '../manifest/owner.ts';
import type { Change, OwnerPlan, Plan, ReleaseChange } from '../plan/plan.ts';
import { prepare } from './prepare.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

/** One object on one owner's record. */
export interface Recorded {
  readonly record: InventoryRecord;
  readonly entry: InventoryEntry;
}

/** All that definitions want, with everything taken over that others have: what may be asked for. */
export function prepareAdoptions(target: Target, run: Run): Promise<Plan> {
  return prepare({ ...target, overrides: { ...target.overrides, adopt: 'Always' } }, run);
}

/** Of a plan of `prepareAdoptions`: takes over what is named, and does nothing else. */
export function adoptionOf(whole: Plan, names: readonly ObjectName[]): Plan {
  const isAsked = (change: Change) =>
    change.action === 'adopt' && names.some((name) => isNamed(name, change.reference));
  const owners = whole.owners.map((plan) => onlyChanges(plan, plan.changes.filter(isAsked)));
  return { ...whole, owners: owners.filter((plan) => plan.changes.length > 0), problems: [], notes: [], guards: [] };
}

/** Throws NOT_FOUND for a name that no definition wants, or that needs no adoption, and what keeps one from being adopted. */
export function mustBeAdoptable(name: ObjectName, plans: readonly Plan[]): void {
  const changes = plans.flatMap(({ owners }) => owners.flatMap((owner) => owner.changes));
  const found = changes.filter(({ reference }) => isNamed(name, reference));
  if (found.some(({ action }) => action === 'adopt')) return;
  const [first] = found;
  if (!first) throw new VidraError('NOT_FOUND', 'no definition wants it', { subject: textOf(name) });
  const subject = describe(first.reference);
  if (first.action === 'skip') throw new VidraError(first.code ?? 'CONFLICT', first.reason, { subject });
  const message = first.action === 'create' ? 'does not exist: apply makes it' : 'is managed by Vidra already';
  throw new VidraError('NOT_FOUND', message, { subject });
}

// The rest of what the owner wants is not applied by this, so nothing may be recorded of it.
function onlyChanges(plan: OwnerPlan, changes: readonly Change[]): OwnerPlan {
  const { checksum: _, ...header } = plan.header;
  const policy = { ...plan.policy, historyLimit: 0 };
  const free = changes.map((change): Change => ({ ...change, after: [] }));
  return { ...plan, header, policy, changes: free, problems: [], notes: [], forget: [], leaving: false };
}

/** Lets named objects go: they stay as they are, as nobody's. Throws NOT_FOUND for a name that is on no record. */
export async function prepareRelease(
  target: Target,
  names: readonly ObjectName[],
  owner: string | undefined,
): Promise<Plan> {
  const home = await target.home.identity();
  const found = await findRecorded(target, names, owner);
  const byOwner = new Map<InventoryRecord, InventoryEntry[]>();
  for (const { record, entry } of found) byOwner.set(record, [...(byOwner.get(record) ?? []), entry]);
  const owners = await Promise.all([...byOwner].map(([record, entries]) => releaseOf(target, home, record, entries)));
  const note = 'what is let go is refused by the next apply as not managed, unless it leaves the manifests';
  return { set: target.set, server: target.home.server, owners, problems: [], notes: [note], guards: [] };
}

async function releaseOf(
  target: Target,
  home: string,
  { header }: InventoryRecord,
  entries: readonly InventoryEntry[],
): Promise<OwnerPlan> {
  const owner = ownerOf(header.name, home);
  const cluster = await target.clusterOf(header.server);
  const changes: ReleaseChange[] = [];
  const forget: string[] = [];
  for (const { reference } of entries) {
    const type = cluster.typeOf(reference);
    const live = type && (await cluster.getMetadata(type, reference));
    if (!live || !isMarkedBy(owner, live)) forget.push(keyOf(reference));
    else changes.push(releaseChange(reference, live.uid));
  }
  const policy = { ...defaultPolicy, historyLimit: 0 };
  return { owner, header, policy, desired: [], changes, problems: [], notes: [], forget, leaving: false };
}

function releaseChange(reference: ObjectReference, uid: string): ReleaseChange {
  return { action: 'release', reference, reason: 'is let go', after: [], uid, leave: true, differences: [] };
}

/** Every owner of this Vidra that has one of the objects on record, or the one that is meant. Throws NOT_FOUND. */
export async function findRecorded(
  { inventory }: Target,
  names: readonly ObjectName[],
  owner: string | undefined,
): Promise<Recorded[]> {
  const records = (await inventory.list()).filter(({ elsewhere }) => elsewhere === undefined);
  return names.flatMap((name) => {
    const found = records
      .filter(({ header }) => owner === undefined || header.name === owner)
      .flatMap((record) =>
        [...record.entries.values()]
          .filter(({ reference }) => isNamed(name, reference))
          .map((entry) => ({ record, entry })),
      );
    if (found.length > 0) return found;
    const whose = owner === undefined ? 'any owner' : owner;
    throw new VidraError('NOT_FOUND', `is not on the record of ${whose}`, { subject: textOf(name) });
  });
}

function textOf({ kind, namespace, name }: ObjectName): string {
  return describe({ kind, namespace: namespace ?? '', name });
}
