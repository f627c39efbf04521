/** The last line of a plan and of a result: how many of what. */
import type { Outcome, Result } from '../engine/run.ts';
import { type Change, isWrong, type Plan } from '../plan/plan.ts';
import { countOf, durationText, grouped } from './quantity.ts';

export type Counts = Readonly<Record<Change['action'] | 'problem', number>>;

/** Changes by action. Whatever is wrong counts as a problem; a change that is skipped because of one does not count twice. */
export function countChanges(plan: Plan): Counts {
  const counts = { create: 0, update: 0, replace: 0, adopt: 0, delete: 0, release: 0, keep: 0, skip: 0 };
  let problem = plan.problems.length;
  for (const owner of plan.owners) {
    problem += owner.problems.length;
    for (const change of owner.changes) {
      if (isWrong(change)) problem++;
      else counts[change.action]++;
    }
  }
  return { ...counts, problem };
}

/** `Plan: 3 to create, 1 to update, 994 unchanged.` */
export function planSummary(plan: Plan): string {
  const counts = countChanges(plan);
  const todo = (['create', 'update', 'replace', 'adopt', 'delete', 'release'] as const)
    .filter((action) => counts[action] > 0)
    .map((action) => `${grouped(counts[action])} to ${action}`);
  return `Plan: ${[...(todo.length > 0 ? todo : ['nothing to do']), ...standing(counts)].join(', ')}.`;
}

const done = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  adopt: 'adopted',
  delete: 'deleted',
  release: 'released',
} as const;

/** `Applied: 3 created, 1 updated, 994 unchanged in 2.1s.` `verb` starts it, `milliseconds` is how long it took. */
export function resultSummary(result: Result, verb: string, milliseconds: number): string {
  const counts = countChanges(result.plan);
  const by = (wanted: Outcome['result']) => result.outcomes.filter((outcome) => outcome.result === wanted);
  const succeeded = by('succeeded');
  const acted = Object.entries(done).map(([action, word]) => ({
    word: word as string,
    count: succeeded.filter(({ change }) => change.action === action).length,
  }));
  const amiss = [
    { word: 'failed', count: by('failed').length },
    { word: 'blocked', count: by('blocked').length },
    { word: 'not reached', count: by('stopped').length },
    { word: 'not healthy', count: result.unhealthy.length },
  ];
  const parts = [...acted, ...amiss]
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${grouped(count)} ${word}`);
  const all = [...(parts.length > 0 ? parts : ['nothing to do']), ...standing(counts)].join(', ');
  return `${verb}: ${all} in ${durationText(milliseconds)}.`;
}

function standing(counts: Counts): string[] {
  return [
    ...(counts.keep > 0 ? [`${grouped(counts.keep)} unchanged`] : []),
    ...(counts.skip > 0 ? [`${grouped(counts.skip)} skipped`] : []),
    ...(counts.problem > 0 ? [countOf(counts.problem, 'problem')] : []),
  ];
}
