/** Objects that are waited for until they are healthy. */
import { type Health, healthOf, isAlwaysHealthy } from '../manifest/health.ts';
import {
  describe,
  groupVersion,
  type JsonObject,
  keyOf,
  type Manifest,
  type ObjectReference,
} from '../manifest/manifest.ts';
import { isWrite } from '../plan/order.ts';
import type { OwnerPlan, Plan } from '../plan/plan.ts';
import type { Outcome, Result } from './run.ts';
import type { Awaited, Sight } from './sight.ts';
import type { Target } from './target.ts';

/** What was written, and what was found unchanged: not healthy in time yesterday is not healthy because nothing was written today. */
export async function awaitedHealth(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
): Promise<(Awaited & { readonly owner: string })[]> {
  const written = new Set(outcomes.filter(({ result }) => result === 'succeeded').map(({ change }) => change));
  const owners = plan.owners.map(async (ownerPlan) => {
    const wanted = ownerPlan.changes
      .filter((change) => change.action === 'keep' || (isWrite(change) && written.has(change)))
      .filter(({ reference }) => !isAlwaysHealthy(reference));
    if (wanted.length === 0) return [];
    const cluster = await target.clusterOf(ownerPlan.header.server);
    const owner = ownerPlan.owner.name;
    const judge = judgeOf(ownerPlan);
    return wanted.map(({ reference }) => ({ owner, cluster, reference, judge: judge(reference) }));
  });
  return (await Promise.all(owners)).flat();
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

function judgeOf(plan: OwnerPlan): (reference: ObjectReference) => Awaited['judge'] {
  const passing = new Set(
    plan.desired.filter(({ manifest }) => isPassing(manifest)).map(({ reference }) => keyOf(reference)),
  );
  return (reference) => {
    const isDesiredToGo = passing.has(keyOf(reference));
    return (object, before) => {
      if (object) return healthOf(object);
      return isDesiredToGo || isPassing(before) ? current : missing;
    };
  };
}

const current: Health = { state: 'current', reason: '' };
const missing: Health = { state: 'progressing', reason: 'it is not there any more' };

/** Whether it is a Job that is deleted some time after it has ended. */
function isPassing(object: Manifest | undefined): boolean {
  if (object?.kind !== 'Job' || groupVersion(object.apiVersion).group !== 'batch') return false;
  return (object['spec'] as JsonObject | undefined)?.['ttlSecondsAfterFinished'] !== undefined;
}
