/** From observations to the plan. Pure: plain data in, plain data out. */
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { keepInhabited } from './containers.ts';
import { showDepartures } from './departures.ts';
import { settleDisputes, tellDisputes } from './disputes.ts';
import { type Consent, guardsOf } from './guards.ts';
import { holdRemovals } from './hold.ts';
import { type Interests, interestKey, interestsOf } from './interest.ts';
import { onlyLeavers } from './leavers.ts';
import { abandoned, type OwnerObservation } from './observation.ts';
import { inOrder } from './order.ts';
import { type Forbidden, permitted } from './permissions.ts';
import type { Change, OwnerPlan, Plan, Problem } from './plan.ts';
import { decideRemoval } from './removals.ts';
import { bindRenames, orderRenames } from './renames.ts';
import { keepShared } from './replace.ts';
import { type Creators, decideWrite } from './writes.ts';
import { yieldNotes } from './yields.ts';

export interface PlanInput {
  readonly set: string;
  readonly server: string;
  readonly owners: readonly OwnerObservation[];
  /** Every record of the home cluster. */
  readonly records: readonly InventoryRecord[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  readonly consent: Consent;
  /** Nothing, where nobody was asked. */
  readonly forbidden?: Forbidden;
  /** Leave out the owners that do not leave, and whatever has to wait for them. */
  readonly onlyLeavers?: boolean;
}

export function buildPlan(input: PlanInput): Plan {
  const { set, server, owners, records, problems, notes, consent, forbidden = new Map() } = input;
  const creators = creatorsOf(owners);
  const decided = owners.map((observed) => writesOf(observed, creators, forbidden));
  const writes = keepShared(owners, settleDisputes(owners, decided), records);
  const interests = interestsOf(owners, writes, records);
  const plans = owners.map((observed, index) =>
    planOwner(observed, writes[index] ?? [], interests, consent, forbidden),
  );
  const told = tellDisputes(owners, plans);
  const safe = keepInhabited(told, owners, interests);
  const renamed = safe.map((plan, index) => bindRenames(plan, owners[index] as OwnerObservation, interests, forbidden));
  const ordered = orderRenames(orderByDestination(showDepartures(renamed, owners), owners));
  const whole = { plans: holdRemovals(ordered), owners };
  const shown = input.onlyLeavers ? onlyLeavers(whole.plans, owners, records) : whole;
  const { guards, notes: idle } = guardsOf(shown.plans, shown.owners, consent);
  return { set, server, problems, notes: [...notes, ...idle], owners: shown.plans, guards };
}

function writesOf(observed: OwnerObservation, creators: Creators, forbidden: Forbidden): Change[] {
  const { wish, destination } = observed;
  if (wish.type !== 'wanted') return [];
  return wish.desired.objects.map((desired) =>
    permitted(decideWrite(observed, desired, creators), destination.server, forbidden),
  );
}

function planOwner(
  observed: OwnerObservation,
  writes: readonly Change[],
  interests: Interests,
  consent: Consent,
  forbidden: Forbidden,
): OwnerPlan {
  const { owner, header, policy, wish, problems, destination } = observed;
  const unsaid = wish.type === 'waiting' && problems.length === 0 ? [wish.reason] : [];
  const notes = [...observed.notes, ...unsaid];
  const changes = [...writes];
  const forget: string[] = [];
  for (const entry of abandoned(observed)) {
    const removal = decideRemoval(observed, entry, interests, consent);
    if (removal.type === 'change') changes.push(permitted(removal.change, destination.server, forbidden));
    else forget.push(keyOf(entry.reference));
  }
  const desired = wish.type === 'wanted' ? wish.desired.objects : [];
  notes.push(...yieldNotes(changes, owner));
  const leaving = wish.type === 'leaving';
  const waiting = wish.type === 'waiting' ? { waiting: true as const } : {};
  return { owner, header, policy, desired, changes, problems, notes, forget, leaving, ...waiting };
}

function creatorsOf(owners: readonly OwnerObservation[]): Creators {
  const creators = new Map<string, string>();
  for (const { owner, wish, destination, verdicts } of owners) {
    if (wish.type !== 'wanted') continue;
    for (const desired of wish.desired.objects) {
      const key = keyOf(desired.reference);
      const place = interestKey(destination.server, key);
      if (!creators.has(place) && verdicts.get(key)?.type !== 'refused') creators.set(place, owner.name);
    }
  }
  return creators;
}

function orderByDestination(plans: readonly OwnerPlan[], owners: readonly OwnerObservation[]): OwnerPlan[] {
  const byServer = new Map<string, number[]>();
  for (const [index, { destination }] of owners.entries()) {
    const indices = byServer.get(destination.server);
    if (indices) indices.push(index);
    else byServer.set(destination.server, [index]);
  }
  const ordered = [...plans];
  for (const indices of byServer.values()) {
    const here = indices.map((index) => plans[index] as OwnerPlan);
    const { destination } = owners[indices[0] as number] as OwnerObservation;
    for (const [position, plan] of inOrder(here, destination).entries()) ordered[indices[position] as number] = plan;
  }
  return ordered;
}
