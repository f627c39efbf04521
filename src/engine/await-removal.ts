/** Deletions that are waited for until the object is gone. */
import type { Health } from '../manifest/health.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { removalReason } from '../manifest/removal.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { Outcome } from './run.ts';
import type { Awaited, Sight } from './sight.ts';
import type { Target } from './target.ts';

/** What an earlier run has deleted, or somebody else, and is still there. */
export function begunRemovals(plan: Plan): Outcome[] {
  return plan.owners.flatMap(({ owner, changes }) =>
    changes
      .filter((change) => change.action === 'skip' && change.deleting === true)
      .map((change): Outcome => ({ owner: owner.name, change, result: 'succeeded', gone: false })),
  );
}

/** The objects that are marked for deletion and not gone yet. */
export async function awaitedRemovals(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
): Promise<(Awaited & { readonly outcome: Outcome })[]> {
  const servers = new Map(plan.owners.map(({ owner, header }) => [owner.name, header.server]));
  const marked = outcomes.filter((outcome) => outcome.result === 'succeeded' && outcome.gone === false);
  const awaited = marked.map(async (outcome) => {
    const { change, owner } = outcome;
    const cluster = await target.clusterOf(servers.get(owner) ?? '');
    const judge = (object: Manifest | undefined) => removal(change, object);
    return { outcome, cluster, reference: change.reference, judge };
  });
  return Promise.all(awaited);
}

/** The outcomes, of deletions with whether the object is gone, or else what is in the way. */
export function afterRemovals(
  outcomes: readonly Outcome[],
  sights: readonly Sight<Awaited & { readonly outcome?: Outcome }>[],
): Outcome[] {
  const after = new Map(sights.map(({ awaited, health }) => [awaited.outcome, health]));
  return outcomes.map((outcome) => {
    const health = after.get(outcome);
    if (health?.state === 'current') return { ...outcome, gone: true };
    return health ? { ...outcome, problem: { code: 'TIMEOUT', message: health.reason } } : outcome;
  });
}

function isDeleting({ metadata }: Manifest): boolean {
  return metadata['deletionTimestamp'] !== undefined;
}

/** Gone, or another object by now. */
function removal(change: Change, object: Manifest | undefined): Health {
  const isGone = !object || (change.action === 'delete' ? object.metadata['uid'] !== change.uid : !isDeleting(object));
  return isGone ? { state: 'current', reason: '' } : { state: 'progressing', reason: removalReason(object) };
}
