/** From observations to the plan. Pure: plain data in, plain data out. */
import type { InventoryEntry, InventoryRecord } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import { type Interests, interestKey } from './interest.ts';
import type { OwnerObservation, Policy } from './observation.ts';
import { inOrder } from './order.ts';
import type { Change, OwnerPlan, Plan, Problem } from './plan.ts';
import { decideRemoval } from './removals.ts';
import { type Creators, decideWrite } from './writes.ts';

export interface PlanInput {
  readonly set: string;
  readonly server: string;
  readonly owners: readonly OwnerObservation[];
  /** Every record of the home cluster. */
  readonly records: readonly InventoryRecord[];
  readonly policy: Policy;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export function buildPlan(input: PlanInput): Plan {
  const { set, server, problems, notes } = input;
  const interests = interestsOf(input);
  const creators = creatorsOf(input.owners);
  const plans = input.owners.map((observed) => planOwner(observed, creators, interests, input.policy));
  return { set, server, problems, notes, owners: orderByDestination(plans) };
}

function planOwner(observed: OwnerObservation, creators: Creators, interests: Interests, policy: Policy): OwnerPlan {
  const { owner, header, wish } = observed;
  const notes = wish.type === 'waiting' ? [...observed.notes, wish.reason] : observed.notes;
  const changes: Change[] =
    wish.type === 'wanted'
      ? wish.desired.objects.map((desired) => decideWrite(observed, desired, creators, policy))
      : [];
  const forget: string[] = [];
  for (const entry of abandoned(observed)) {
    const removal = decideRemoval(observed, entry, interests);
    if (removal.type === 'change') changes.push(removal.change);
    else forget.push(keyOf(entry.reference));
  }
  return { owner, header, changes, problems: observed.problems, notes, forget, leaving: wish.type === 'leaving' };
}

/** Recorded objects that are not wanted any more. With documents missing nothing is: it might stand in one of them. */
function abandoned(observed: OwnerObservation): InventoryEntry[] {
  const { wish, record, problems } = observed;
  if (!record || wish.type === 'waiting' || (wish.type === 'wanted' && problems.length > 0)) return [];
  const wanted = new Set(wish.type === 'wanted' ? wish.desired.objects.map((desired) => keyOf(desired.reference)) : []);
  return [...record.entries].filter(([key]) => !wanted.has(key)).map(([, entry]) => entry);
}

function interestsOf(input: PlanInput): Interests {
  const wanting = new Map<string, Owner[]>();
  const leaving = new Map<string, Owner[]>();
  for (const observed of input.owners) {
    const place = (key: string) => interestKey(observed.destination.server, key);
    const wanted =
      observed.wish.type === 'wanted' ? observed.wish.desired.objects.map((desired) => keyOf(desired.reference)) : [];
    for (const key of wanted) add(wanting, place(key), observed.owner);
    for (const entry of abandoned(observed)) add(leaving, place(keyOf(entry.reference)), observed.owner);
  }
  const planned = new Set(input.owners.map((observed) => observed.owner.name));
  // Owners that keep what they have (waiting, or with unreadable documents) are still wanting it.
  const settled = new Set(
    input.owners.filter((observed) => !keepsAll(observed)).map((observed) => observed.owner.name),
  );
  const others = input.records.filter((record) => !planned.has(record.header.name) || !settled.has(record.header.name));
  return { wanting, leaving, others };
}

function keepsAll(observed: OwnerObservation): boolean {
  return observed.wish.type === 'waiting' || (observed.wish.type === 'wanted' && observed.problems.length > 0);
}

function creatorsOf(owners: readonly OwnerObservation[]): Creators {
  const creators = new Map<string, string>();
  for (const { owner, wish, destination } of owners) {
    if (wish.type !== 'wanted') continue;
    for (const desired of wish.desired.objects) {
      const key = interestKey(destination.server, keyOf(desired.reference));
      if (!creators.has(key)) creators.set(key, owner.name);
    }
  }
  return creators;
}

function orderByDestination(plans: readonly OwnerPlan[]): OwnerPlan[] {
  const servers = [...new Set(plans.map((plan) => plan.header.server))];
  const ordered = new Map(
    servers
      .flatMap((server) => inOrder(plans.filter((plan) => plan.header.server === server)))
      .map((plan) => [plan.owner.name, plan]),
  );
  return plans.map((plan) => ordered.get(plan.owner.name) ?? plan);
}

function add(map: Map<string, Owner[]>, key: string, owner: Owner): void {
  const owners = map.get(key);
  if (owners) owners.push(owner);
  else map.set(key, [owner]);
}
