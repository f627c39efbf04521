/** Waits until everything that is wanted is healthy: what was written, and what was found unchanged. */
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
import { awaitObjects } from './await-objects.ts';
import { createCauses } from './causes.ts';
import type { Outcome, Result, Run } from './run.ts';
import type { Awaited } from './sight.ts';
import type { Target } from './target.ts';

interface AwaitedHealth extends Awaited {
  readonly owner: string;
}

/** What is not healthy at `until` (milliseconds since 1970) or has failed for good; empty when all is well. */
export async function awaitHealth(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Result['unhealthy']> {
  const causes = createCauses();
  const sights = await awaitObjects(await awaitedOf(outcomes, plan, target), {
    signal: run.signal,
    until,
    tell: async (left) => {
      const objects = left.map((sight) => ({
        name: describe(sight.awaited.reference),
        reason: causes.reasonOf(sight),
      }));
      run.emit({ type: 'waiting', objects });
      await causes.refresh(left);
    },
  });
  const unwell = sights.filter(({ health }) => health?.state !== 'current');
  if (!run.signal.aborted) await causes.conclude(unwell);
  return unwell.map((sight) => ({
    owner: sight.awaited.owner,
    name: describe(sight.awaited.reference),
    reason: causes.reasonOf(sight),
    failed: sight.health?.state === 'failed',
  }));
}

// An object that was not healthy in time yesterday is not healthy because nothing was written today.
async function awaitedOf(outcomes: readonly Outcome[], plan: Plan, target: Target): Promise<AwaitedHealth[]> {
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
