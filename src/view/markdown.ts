/** Plans and results in Markdown, for a comment on a pull request: counts first, bounded, and nothing in it renders but what is Vidra's. */
import type { Result } from '../engine/run.ts';
import { hasChanges, hasProblems, type Plan } from '../plan/plan.ts';
import type { Detail } from './detail.ts';
import { fitReport } from './markdown-fit.ts';
import { planReport, resultReport } from './markdown-report.ts';
import { isWell, type ResultTextOptions } from './result-text.ts';
import { planSummary, resultSummary } from './summary.ts';

/** Bytes. A comment on GitHub may have 65 536 characters. */
export const commentLimit = 60_000;

/** With a line feed at its end. Quiet, nothing to do is nothing to say. */
export function planMarkdown(plan: Plan, detail: Detail, limit = commentLimit): string {
  if (detail.quiet && !hasChanges(plan) && !hasProblems(plan)) return '';
  return fitReport(planReport(plan, headlineOf(planSummary(plan)), detail), limit);
}

/** The same. Quiet, nothing is said when all went well. */
export function resultMarkdown(
  result: Result,
  { verb, milliseconds }: ResultTextOptions,
  detail: Detail,
  limit = commentLimit,
): string {
  if (detail.quiet && isWell(result)) return '';
  return fitReport(resultReport(result, headlineOf(resultSummary(result, verb, milliseconds)), detail), limit);
}

function headlineOf(summary: string): string {
  return summary.replace(/\.$/, '');
}
