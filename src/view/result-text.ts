/** What came of a plan, for people: only what did not go well has a line of its own. */
import type { Outcome, Result } from '../engine/run.ts';
import { describeContest, isContested } from '../plan/contest.ts';
import { hasProblems } from '../plan/plan.ts';
import { type Detail, usualDetail } from './detail.ts';
import { changeName, compareFields } from './order.ts';
import { printableLine } from './printable.ts';
import { createProblemView, type ProblemView, withoutName } from './problem.ts';
import type { Style } from './style.ts';
import { resultSummary } from './summary.ts';

export interface ResultTextOptions {
  /** Starts the summary: `Applied`, `Pruned`. */
  readonly verb: string;
  readonly milliseconds: number;
}

/** Lines without line feeds. Quiet, nothing is said of what went well. */
export function resultLines(
  result: Result,
  options: ResultTextOptions,
  style: Style,
  detail: Detail = usualDetail,
): string[] {
  if (detail.quiet && isWell(result)) return [];
  const lines = resultBodyLines(result, style, detail);
  if (lines.length > 0) lines.push('');
  return [...lines, style.colour.bold(resultSummary(result, options.verb, options.milliseconds))];
}

/** The same without the summary; nothing when there is nothing to say. */
export function resultBodyLines(result: Result, style: Style, detail: Detail = usualDetail): string[] {
  const problems = createProblemView(style);
  const told = detail.quiet ? result.outcomes.filter((outcome) => outcome.result !== 'succeeded') : result.outcomes;
  return [
    ...sorted(told).flatMap((outcome) => outcomeLines(outcome, style, problems)),
    ...result.unhealthy.map(({ name, reason, failed }) => {
      const glyph = failed ? style.colour.red(style.glyphs.skip) : style.colour.yellow(style.glyphs.skip);
      return `${glyph} ${printableLine(`${name} ${failed ? 'has failed' : 'is not healthy yet'}: ${reason}`)}`;
    }),
    ...result.notes.map((note) => style.colour.dim(`note: ${printableLine(note)}`)),
  ];
}

/** Whether there is nothing to tell but what was done. */
export function isWell({ plan, outcomes, unhealthy, notes }: Result): boolean {
  const isDone = outcomes.every((outcome) => outcome.result === 'succeeded') && unhealthy.length === 0;
  return isDone && notes.length === 0 && !hasProblems(plan);
}

function outcomeLines(outcome: Outcome, style: Style, problems: ProblemView): string[] {
  const name = changeName(outcome.change);
  if (outcome.result === 'succeeded') return leftLines(outcome, name, style);
  // After an interruption there may be thousands, all for the same reason: the summary counts them.
  if (outcome.result === 'stopped') return [];
  const isFailed = outcome.result === 'failed';
  const paint = isFailed ? style.colour.red : style.colour.yellow;
  const lead = `${paint(style.glyphs.skip)} ${name} ${isFailed ? 'failed' : 'was not tried'}`;
  const { problem, change } = outcome;
  return problem ? problems.lines({ ...problem, message: withoutName(problem.message, change) }, `${lead}: `) : [lead];
}

function leftLines({ change, gone, problem }: Outcome, name: string, style: Style): string[] {
  if ('contest' in change && change.contest && isContested(change.contest))
    return [`${style.colour.yellow(style.glyphs.skip)} ${name} is ${printableLine(describeContest(change.contest))}`];
  if (gone !== false) return [];
  const wait = problem ? `is not gone yet: ${printableLine(problem.message)}` : 'waits for its finalizers';
  return [`${style.colour.yellow(style.glyphs.delete)} ${name} is marked for deletion and ${wait}`];
}

function sorted(outcomes: readonly Outcome[]): Outcome[] {
  const fields = (outcome: Outcome) => [outcome.owner, changeName(outcome.change)];
  return [...outcomes].sort((one, other) => compareFields(fields(one), fields(other)));
}
