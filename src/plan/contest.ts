/** Objects that are taken back from the same writer again and again. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isOwnerManager } from '../manifest/owner.ts';
import type { Effect, OwnerObservation } from './observation.ts';
import type { PlannedContest } from './plan.ts';

/** Changes in a row after which it is no accident any more. */
const contestedFrom = 3;

/** Other writers that changed fields which this owner takes back now. */
export function opponentsOf({ take }: Effect): string[] {
  return [...new Set(take.map(({ manager }) => manager).filter((manager) => !isOwnerManager(manager)))];
}

/** The fight that an update begins or goes on with; nothing when it is none. */
export function contestOf(
  { record }: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  effect: Effect,
): PlannedContest | undefined {
  const entry = record?.entries.get(keyOf(desired.reference));
  const before = entry?.contest;
  const opponents = opponentsOf(effect);
  const [first] = opponents;
  if (first !== undefined) {
    const goesOn = before?.manager !== undefined && opponents.includes(before.manager);
    return goesOn ? { ...before, times: before.times + 1 } : { manager: first, times: 1 };
  }
  // Who takes a value away holds nothing afterwards, so that the object does not say who it was.
  const isSame = entry?.state === 'applied' && entry.uid === live.uid && entry.digest === desired.digest;
  if (!isSame || entry.yielded || !effect.differences?.length) return undefined;
  return before && before.manager === undefined ? { ...before, times: before.times + 1 } : { times: 1 };
}

export function isContested({ times }: PlannedContest): boolean {
  return times >= contestedFrom;
}

/** For people: `contested with kubectl-edit, which changed it 3 times in a row since 2026-11-25T10:00:00.000Z`. */
export function describeContest({ manager, times, since }: PlannedContest): string {
  const who = manager === undefined ? 'somebody who leaves no field manager, and' : `${manager}, which`;
  return `contested with ${who} changed it ${times} times in a row${since ? ` since ${since}` : ''}`;
}

/**
 * How long to let a contested object be before it is taken back once more, in the unit of the limits: the shortest time
 * at first, twice as long after each further change, the longest at most; 0 for one that is not contested.
 */
export function contestDelay(contest: PlannedContest, shortest: number, longest: number): number {
  if (!isContested(contest)) return 0;
  return Math.min(longest, shortest * 2 ** (contest.times - contestedFrom));
}
