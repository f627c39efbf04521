/** The last line of a plan and of a result: how many of what. */
import type { Outcome, Result } from '../engine/run.ts';
import { isWrong, type Plan } from '../plan/plan.ts';
import { acting, done, type Tallied, tallyOf } from '../plan/tally.ts';
import { durationText, grouped } from './quantity.ts';

export type Counts = Readonly<Record<Tallied | 'problem', number>>;

/** Changes by action, renames once. Whatever is wrong counts as a problem; a change that is skipped because of one does not count twice. */
export function countChanges(plan: Pick<Plan, 'owners' | 'problems'>): Counts {
  const all = plan.owners.flatMap(({ owner, changes }) => changes.map((change) => ({ owner: owner.name, change })));
  const wrong = all.filter(({ change }) => isWrong(change));
  const problems = plan.owners.reduce((sum, owner) => sum + owner.problems.length, plan.problems.length);
  return { ...tallyOf(all.filter(({ change }) => !isWrong(change))), problem: problems + wrong.length };
}

/** How many of what; only what there is any of. */
export type Tally = readonly { readonly count: number; readonly word: string }[];

/** `create 3, update 1`. */
export function todoTally(counts: Counts): Tally {
  return some(acting.map((action) => ({ count: counts[action], word: action })));
}

/** `Plan: 3 to create, 1 to update, 994 unchanged.` */
export function planSummary(plan: Plan): string {
  const counts = countChanges(plan);
  const todo = todoTally(counts).map(({ count, word }) => `${grouped(count)} to ${word}`);
  return `Plan: ${[...orNothing(todo, counts), ...standing(counts)].join(', ')}.`;
}

/** `created 3, updated 1, failed 2`. */
export function doneTally(outcomes: readonly Outcome[], unhealthy: number): Tally {
  const by = (wanted: Outcome['result']) => outcomes.filter((outcome) => outcome.result === wanted);
  const succeeded = tallyOf(by('succeeded'));
  return some([
    ...acting.map((action) => ({ count: succeeded[action], word: done[action] })),
    { count: by('failed').length, word: 'failed' },
    { count: by('blocked').length, word: 'blocked' },
    { count: by('stopped').length, word: 'not reached' },
    { count: unhealthy, word: 'not healthy' },
  ]);
}

/** `Applied: 3 created, 1 updated, 994 unchanged in 2.1s.` `verb` starts it, `milliseconds` is how long it took. */
export function resultSummary(result: Result, verb: string, milliseconds: number): string {
  const tally = doneTally(result.outcomes, result.unhealthy.length);
  const parts = tally.map(({ count, word }) => `${grouped(count)} ${word}`);
  const counts = countChanges(result.plan);
  return `${verb}: ${[...orNothing(parts, counts), ...standing(counts)].join(', ')} in ${durationText(milliseconds)}.`;
}

/** Where there are problems, there is something to do. */
function orNothing(parts: readonly string[], { problem }: Counts): readonly string[] {
  return parts.length > 0 || problem > 0 ? parts : ['nothing to do'];
}

/** `unchanged 994, skipped 1, problems 2`. */
export function standingTally(counts: Counts): Tally {
  return some([
    { count: counts.keep, word: 'unchanged' },
    { count: counts.skip, word: 'skipped' },
    { count: counts.problem, word: counts.problem === 1 ? 'problem' : 'problems' },
  ]);
}

function standing(counts: Counts): string[] {
  return standingTally(counts).map(({ count, word }) => `${grouped(count)} ${word}`);
}

function some(tally: Tally): Tally {
  return tally.filter(({ count }) => count > 0);
}
