/** Waits until what was deleted is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '../manifest/manifest.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome, Run } from './run.ts';
import type { Target } from './target.ts';

const firstPollMs = 200;
const longestPollMs = 2000;

/** The outcomes, those of deletions that ended by `until` (milliseconds since 1970) with `gone`. */
export async function awaitRemoval(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Outcome[]> {
  const servers = new Map(plan.owners.map(({ owner, header }) => [owner.name, header.server]));
  let left = outcomes.filter((outcome) => outcome.result === 'succeeded' && outcome.gone === false);
  const gone = new Set<Outcome>();
  for (let pollMs = firstPollMs; left.length > 0; pollMs = Math.min(pollMs * 1.5, longestPollMs)) {
    const reasons = new Map<Outcome, string>();
    await Promise.all(
      left.map(async (outcome) => {
        const reason = await survival(outcome, servers.get(outcome.owner) ?? '', target);
        if (reason === undefined) gone.add(outcome);
        else reasons.set(outcome, reason);
      }),
    );
    left = left.filter((outcome) => !gone.has(outcome));
    if (left.length === 0 || run.signal.aborted || Date.now() + pollMs > until) break;
    const objects = [...reasons].map(([{ change }, reason]) => ({ name: describe(change.reference), reason }));
    run.emit({ type: 'waiting', objects });
    // An abort ends the pause; the signal is looked at above.
    await sleep(pollMs, undefined, { signal: run.signal }).catch(() => undefined);
  }
  return outcomes.map((outcome) => (gone.has(outcome) ? { ...outcome, gone: true } : outcome));
}

/** What an object that is being deleted waits for; nothing when it is gone or is another one by now. */
async function survival({ change }: Outcome, server: string, target: Target): Promise<string | undefined> {
  const cluster = await target.clusterOf(server);
  const type = cluster.typeOf(change.reference);
  const live = type && (await cluster.getMetadata(type, change.reference));
  if (!live || (change.action === 'delete' && live.uid !== change.uid)) return undefined;
  return live.finalizers.length > 0 ? `waits for ${live.finalizers.join(', ')}` : 'waits for its contents';
}
