/** What is worth a Kubernetes Event, from how a definition stands. Pure. */
import { definitionAnnotations } from '../definition/annotations.ts';
import { hasChanges } from '../plan/plan.ts';
import { planSummary } from '../view/summary.ts';
import { bounded, failure, type Happening, normal } from './happening.ts';
import { doneBy, leftUndone, wrongAfter } from './run-events.ts';
import type { Standing } from './standing.ts';

/** Only so many that people still read them; `wasSuspended` is how it stood before. */
export function happeningsOf(standing: Standing, wasSuspended: boolean): Happening[] {
  return bounded([...turnOf(standing.type === 'suspended', wasSuspended), ...told(standing)]);
}

function turnOf(isSuspended: boolean, wasSuspended: boolean): Happening[] {
  if (isSuspended === wasSuspended) return [];
  return isSuspended
    ? [normal('Suspended', 'Suspend', 'spec.suspend is true: nothing is reconciled')]
    : [normal('Resumed', 'Resume', 'spec.suspend is not true any more')];
}

function told(standing: Standing): Happening[] {
  switch (standing.type) {
    case 'suspended':
    case 'running':
      return [];
    case 'held':
      return [normal('DependencyNotReady', 'Wait', standing.reason)];
    case 'invalid':
      return standing.problems.map((problem) => failure(problem, 'Read'));
    case 'failed':
      return [failure(standing.problem, 'Plan')];
    case 'planned':
      return [...plannedOf(standing), ...leftUndone(standing.plan)];
    case 'waiting':
      return doneBy(standing.result, ({ gone }) => gone !== false);
    case 'cut':
    case 'ended': {
      const before = standing.waited?.outcomes.filter(({ gone }) => gone !== false);
      const done = doneBy(standing.result, (outcome) => !before?.includes(outcome));
      return standing.type === 'cut' ? done : [...done, ...wrongAfter(standing.result)];
    }
  }
}

function plannedOf({ mode, plan, digest }: Extract<Standing, { type: 'planned' }>): Happening[] {
  if (!hasChanges(plan)) return [];
  const summary = planSummary(plan);
  if (mode === 'Observe') return [normal('Drifted', 'Plan', `${summary} Nothing is changed in mode Observe.`)];
  const annotation = `${definitionAnnotations.approve}: ${digest}`;
  return [normal('ApprovalNeeded', 'Plan', `${summary} To approve it, annotate with ${annotation}`)];
}
