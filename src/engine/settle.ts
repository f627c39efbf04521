/** Waits until what was written is healthy and what was deleted is gone, all at once. */
import { describe } from '../manifest/manifest.ts';
import type { Plan } from '../plan/plan.ts';
import { awaitedHealth, unhealthyOf } from './await-health.ts';
import { awaitObjects } from './await-objects.ts';
import { afterRemovals, awaitedRemovals, begunRemovals } from './await-removal.ts';
import { createCauses } from './causes.ts';
import { createClaims } from './claims.ts';
import type { Outcome, Result, Run } from './run.ts';
import { isLeft, reconsider, type Sight } from './sight.ts';
import type { Target } from './target.ts';

/** At `until` (milliseconds since 1970) what is unhealthy or not gone is so, with the reason. */
export async function settle(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Pick<Result, 'outcomes' | 'unhealthy'>> {
  const claims = createClaims();
  const causes = createCauses();
  const healthy = await awaitedHealth(outcomes, plan, target, { claims, until });
  const ended = [...outcomes, ...begunRemovals(plan)];
  const removed = await awaitedRemovals(ended, plan, target);
  const sights = await awaitObjects([...healthy, ...removed], {
    signal: run.signal,
    until,
    tell: async (left) => {
      const objects = left.map((sight) => ({
        name: describe(sight.awaited.reference),
        reason: causes.reasonOf(sight),
      }));
      run.emit({ type: 'waiting', objects });
      await claims.learn(left);
      await causes.refresh(left);
    },
  });
  if (!run.signal.aborted) {
    await claims.learn(sights.filter(isLeft));
    for (const sight of sights) reconsider(sight);
    await causes.conclude(sights.filter(isUnwell));
  }
  const unwell = sights.filter(isUnwell);
  return { outcomes: afterRemovals(ended, sights), unhealthy: unhealthyOf(unwell, causes.reasonOf) };
}

function isUnwell({ health }: Sight): boolean {
  return health?.state !== 'current';
}
