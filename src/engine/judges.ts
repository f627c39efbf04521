/** What to think of objects that shall be healthy: the rules of their kinds, or those of the definition. */
import type { Cluster } from '../cluster/cluster.ts';
import { isBuiltInGroup } from '../manifest/built-in.ts';
import { type Health, healthOf, isAlwaysHealthy } from '../manifest/health.ts';
import type { HealthRule } from '../manifest/health-checks.ts';
import { type JsonObject, keyOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { isPassing } from '../manifest/passing.ts';
import type { Change, OwnerPlan } from '../plan/plan.ts';
import { bounded } from './bounded.ts';
import { type Claims, isClaim } from './claims.ts';
import type { Awaited } from './sight.ts';

type Judged = Pick<Awaited, 'judge' | 'changesWithTime'>;

export interface JudgesOptions {
  readonly cluster: Cluster;
  readonly claims: Claims;
  /** Milliseconds since 1970: then the waiting ends. */
  readonly until: number;
}

/** How long the controller of a new custom resource may take for its first word, if kinds of its kind get any. */
const firstWordMs = 5_000;

const current: Health = { state: 'current', reason: '' };
const missing: Health = { state: 'progressing', reason: 'it is not there any more' };
const unreported: Health = { state: 'progressing', reason: 'its controller has not reported on it yet' };
const endless: Health = { state: 'progressing', reason: 'its health check takes too long' };

/** For each change of an owner how its object is judged; nothing for objects that are healthy as soon as they exist. */
export async function judgesOf(
  plan: OwnerPlan,
  { cluster, claims, until }: JudgesOptions,
): Promise<(change: Change) => Judged | undefined> {
  const ruleFor = await rulesOf(plan);
  const passing = new Set(
    plan.desired.filter(({ manifest }) => isPassing(manifest)).map(({ reference }) => keyOf(reference)),
  );
  const patience = Math.min(until, Date.now() + firstWordMs);
  return ({ action, reference }) => {
    const rule = ruleFor(reference);
    if (!rule && isAlwaysHealthy(reference)) return undefined;
    const isAwaitingWord = action === 'create' && !rule && mayBeReportedOn(cluster, reference);
    const isAwaitingPod = !rule && isClaim(reference);
    const judge: Awaited['judge'] = (object, before) => {
      if (!object) return passing.has(keyOf(reference)) || (before && isPassing(before)) ? current : missing;
      const health = rule ? (bounded(() => healthOf(object, rule)) ?? endless) : healthOf(object);
      if (isAwaitingPod) return claims.judge(cluster, object, health);
      return isAwaitingWord && !hasStatus(object) && Date.now() < patience ? unreported : health;
    };
    return { judge, changesWithTime: isAwaitingWord || isAwaitingPod };
  };
}

async function rulesOf({ policy }: OwnerPlan): Promise<(reference: ObjectReference) => HealthRule | undefined> {
  if (policy.healthChecks.length === 0) return () => undefined;
  // Loaded late: the interpreter of expressions is large.
  const { healthRules } = await import('../manifest/health-checks.ts');
  return healthRules(policy.healthChecks);
}

/** Of a kind without the subresource, no controller says anything. */
function mayBeReportedOn(cluster: Cluster, reference: ObjectReference): boolean {
  return !isBuiltInGroup(reference.group) && cluster.typeOf(reference)?.subresources?.includes('status') === true;
}

function hasStatus(object: Manifest): boolean {
  return Object.keys((object['status'] ?? {}) as JsonObject).length > 0;
}
