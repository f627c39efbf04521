/** What is left of a plan where nobody can be asked for what it guards. */
import { keyOf } from '../manifest/manifest.ts';
import type { Plan } from './plan.ts';
import { withoutRemovals } from './stay.ts';

/**
 * The same plan, to be carried out without a question: what a guard holds back, and nobody has confirmed, is skipped with
 * GUARDED, and so is what would take it along. The guards stay, to be told of.
 */
export function withholdGuarded(plan: Plan, confirmed: readonly string[] = []): Plan {
  if (plan.guards.length === 0) return plan;
  const guards = plan.guards.filter(({ subject }) => !confirmed.includes(subject));
  const owners = withoutRemovals(plan.owners, {
    reasons: guards.flatMap(({ changes, message }) => changes.map((id) => [id, message] as const)),
    which: 'which is held back',
    // The releases of the same object only make room for its deletion.
    companions: ({ reference, after }) =>
      after
        .filter((id) => id.endsWith(`|${keyOf(reference)}`))
        .map((id) => [id, 'is kept with the owner whose deletion of it is held back']),
    skip: ({ reference }, reason) => ({ action: 'skip', reference, reason, after: [], code: 'GUARDED' }),
  });
  return { ...plan, owners, guards };
}
