/** Objects that are waited for until they are healthy. */
import { describe } from '../manifest/manifest.ts';
import { isWrite } from '../plan/order.ts';
import type { OwnerPlan, Plan } from '../plan/plan.ts';
import type { Claims } from './claims.ts';
import { judgesOf } from './judges.ts';
import type { Outcome, Result } from './run.ts';
import type { Awaited, Sight } from './sight.ts';
import type { Target } from './target.ts';

type AwaitedHealth = Awaited & { readonly owner: string };

/** What was written, and what was found unchanged: not healthy in time yesterday is not healthy because nothing was written today. */
export async function awaitedHealth(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  options: { readonly claims: Claims; readonly until: number },
): Promise<AwaitedHealth[]> {
  const written = new Set(outcomes.filter(({ result }) => result === 'succeeded').map(({ change }) => change));
  const ofOwner = async (ownerPlan: OwnerPlan): Promise<AwaitedHealth[]> => {
    const wanted = ownerPlan.changes.filter(
      (change) => change.action === 'keep' || (isWrite(change) && written.has(change)),
    );
    if (wanted.length === 0) return [];
    const cluster = await target.clusterOf(ownerPlan.header.server);
    const judgeOf = await judgesOf(ownerPlan, { cluster, ...options });
    const owner = ownerPlan.owner.name;
    return wanted.flatMap((change) => {
      const judged = judgeOf(change);
      return judged ? [{ owner, cluster, reference: change.reference, ...judged }] : [];
    });
  };
  return (await Promise.all(plan.owners.map(ofOwner))).flat();
}

/** Those of whom it is wanted that they are healthy. */
export function unhealthyOf(
  unwell: readonly Sight<Awaited & { readonly owner?: string }>[],
  reasonOf: (sight: Sight) => string,
): Result['unhealthy'] {
  return unwell.flatMap((sight) => {
    const { owner, reference } = sight.awaited;
    if (owner === undefined) return [];
    return [{ owner, name: describe(reference), reason: reasonOf(sight), failed: sight.health?.state === 'failed' }];
  });
}
