/** Waits until what was deleted is gone. */
import type { Health } from '../manifest/health.ts';
import { describe, type Manifest } from '../manifest/manifest.ts';
import { removalReason } from '../manifest/removal.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { awaitObjects } from './await-objects.ts';
import type { Outcome, Run } from './run.ts';
import type { Awaited } from './sight.ts';
import type { Target } from './target.ts';

interface AwaitedRemoval extends Awaited {
  readonly outcome: Outcome;
}

/** The outcomes; of deletions, those that ended by `until` (milliseconds since 1970) are `gone`, and others say what is in the way. */
export async function awaitRemoval(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Outcome[]> {
  const servers = new Map(plan.owners.map(({ owner, header }) => [owner.name, header.server]));
  const marked = outcomes.filter((outcome) => outcome.result === 'succeeded' && outcome.gone === false);
  const awaited = await Promise.all(
    marked.map(async (outcome): Promise<AwaitedRemoval> => {
      const { change, owner } = outcome;
      const cluster = await target.clusterOf(servers.get(owner) ?? '');
      return { outcome, cluster, reference: change.reference, judge: (object) => removal(change, object) };
    }),
  );
  const sights = await awaitObjects(awaited, {
    signal: run.signal,
    until,
    tell: (left) => {
      const objects = left.map(({ awaited, health }) => ({
        name: describe(awaited.reference),
        reason: health?.reason ?? '',
      }));
      run.emit({ type: 'waiting', objects });
    },
  });
  const after = new Map(sights.map(({ awaited, health }) => [awaited.outcome, health]));
  return outcomes.map((outcome) => {
    const health = after.get(outcome);
    if (health?.state === 'current') return { ...outcome, gone: true };
    return health ? { ...outcome, problem: { code: 'TIMEOUT', message: health.reason } } : outcome;
  });
}

/** Gone, or another object by now. */
function removal(change: Change, object: Manifest | undefined): Health {
  const isGone = !object || (change.action === 'delete' && object.metadata['uid'] !== change.uid);
  return isGone ? { state: 'current', reason: '' } : { state: 'progressing', reason: removalReason(object) };
}
