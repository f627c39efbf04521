/** How many deletions are too many to be made without being asked. */
import type { Limit } from '../definition/policy.ts';
import { keyOf } from '../manifest/manifest.ts';
import { countOf } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import { changeId, type Guard, type OwnerPlan } from './plan.ts';

/**
 * Where a definition names no limit: more than half of what it has. A template that renders to nearly nothing, a query that
 * lost its filter and a wrong branch look like that; a removed host, or a renamed object, does not. Fewer than five are
 * what people do all day to small definitions, and each of them is a line of the plan.
 */
const usualShare = 50;
const fewest = 5;

interface Group {
  /** For people. */
  readonly name: string;
  readonly limit: Limit | undefined;
  /** Recorded objects that are there, or may be. */
  readonly total: number;
  /** Ids of the deletions. */
  readonly deletions: readonly string[];
}

/** With `limit`, which is for all together, those of the definitions are not looked at. */
export function deletionGuards(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
  limit: Limit | undefined,
): Guard[] {
  const groups = groupsOf(plans, owners);
  const all = groups.flatMap(({ deletions }) => deletions);
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const limited = limit ? [{ name: '', limit, total, deletions: all }] : groups;
  return limited.filter(isTooMany).map((group): Guard => {
    const { name, deletions, total: objects } = group;
    const subject = countOf(deletions.length, 'deletion') + (name && ` of ${name}`);
    const message = `${deletions.length} of the ${countOf(objects, 'object')}${name && ` of ${name}`} would be deleted, ${excessOf(group)}`;
    return { type: 'maxDeletions', subject, changes: deletions, message, deletions: all.length };
  });
}

/** The owners of one sync count together: each has one of its artifacts. */
function groupsOf(plans: readonly OwnerPlan[], owners: readonly OwnerObservation[]): Group[] {
  const members = new Map<string, number[]>();
  for (const [index, { header }] of plans.entries()) {
    const key = header.sync ? `sync ${header.sync}` : `owner ${header.name}`;
    members.set(key, members.get(key) ?? []);
    members.get(key)?.push(index);
  }
  return [...members.values()].map((indices): Group => {
    const own = indices.map((index) => plans[index] as OwnerPlan);
    const [first] = own as [OwnerPlan];
    return {
      name: first.header.sync ?? first.header.name,
      limit: own.find(({ policy }) => policy.maxDeletions !== undefined)?.policy.maxDeletions,
      total: indices.reduce((sum, index) => sum + countPresent(owners[index]), 0),
      deletions: own.flatMap(deletionsOf),
    };
  });
}

// The old half of a rename goes because the new one is there.
function deletionsOf({ owner, changes }: OwnerPlan): string[] {
  return changes
    .filter((change) => change.action === 'delete' && change.renamedTo === undefined)
    .map(({ reference }) => changeId(owner.name, keyOf(reference)));
}

function countPresent(observed: OwnerObservation | undefined): number {
  const { live, unknown } = observed?.destination ?? {};
  const keys = [...(observed?.record?.entries.keys() ?? [])];
  return keys.filter((key) => live?.has(key) || unknown?.has(key)).length;
}

function isTooMany({ limit, total, deletions: { length } }: Group): boolean {
  if (length === 0) return false;
  if (!limit) return length >= fewest && length * 100 > total * usualShare;
  return 'count' in limit ? length > limit.count : length * 100 > total * limit.percent;
}

function excessOf({ limit }: Group): string {
  if (!limit) return 'which is more than half of them';
  return 'count' in limit ? `and the limit is ${limit.count}` : `and the limit is ${limit.percent}%`;
}
