/** From plans and results to exit statuses. */
import type { Result } from '../engine/run.ts';
import { hasChanges, hasProblems, type Plan } from '../plan/plan.ts';
import type { ExitStatus } from './terminal.ts';

/** Every status that the process ends with, and what it means, for the reference in README.md. */
export const exitStatuses = {
  0: 'done, or nothing to do',
  1: 'something failed, is wrong, or is not healthy in time',
  2: 'with `--detailed-exitcode`, from `plan` and `--dry-run`: the plan holds changes',
  64: 'wrong usage: flags, definitions, kubeconfig or profile',
  130: 'interrupted',
} as const;

/** Of several that were ended one after the other. */
export function worstOf(statuses: readonly ExitStatus[]): ExitStatus {
  const worst = [130, 1, 2] as const;
  return worst.find((status) => statuses.includes(status)) ?? 0;
}

/** 1 when something is wrong; 2 when `detailed` and there is something to do; else 0. */
export function statusOfPlan(plan: Plan, detailed: boolean): ExitStatus {
  if (hasProblems(plan)) return 1;
  return detailed && hasChanges(plan) ? 2 : 0;
}

/** 130 when the run was interrupted, 1 when anything failed, is wrong, or is not healthy; else 0. */
export function statusOfResult(result: Result, signal: AbortSignal): ExitStatus {
  const isBad = result.outcomes.some((outcome) => outcome.result !== 'succeeded');
  if (signal.aborted && (isBad || result.unhealthy.length > 0)) return 130;
  return isBad || result.unhealthy.length > 0 || hasProblems(result.plan) ? 1 : 0;
}
