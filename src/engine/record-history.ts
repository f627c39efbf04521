/** Keeps what owners wanted, when all of it was applied. */

import type { History, Revision } from '../history/history.ts';
import { digestOf } from '../manifest/json.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isIncomplete, type OwnerPlan, type Plan } from '../plan/plan.ts';
import { tallied, tallyOf } from '../plan/tally.ts';
import type { Outcome } from './run.ts';

/** Asks and writes nothing where nothing was changed. `restored` is the revision that was rolled back to. */
export async function recordHistory(
  history: History,
  plan: Plan,
  outcomes: readonly Outcome[],
  restored?: number,
): Promise<void> {
  const changed = plan.owners.filter((owner) => isWorthKeeping(owner, outcomes));
  if (changed.length === 0) return;
  const newest = new Map((await history.list()).map((revision) => [revision.owner, revision.digest]));
  await Promise.all(
    changed.map(async (owner) => {
      const digest = contentDigest(owner.desired);
      if (newest.get(owner.owner.name) === digest) return;
      const revision = revisionOf(owner, digest, outcomes, restored);
      const manifests = owner.desired.map(({ manifest }) => manifest);
      await history.add(revision, { header: owner.header, policy: owner.policy, manifests });
    }),
  );
}

/** Whether something was done for an owner that stays, and nothing of it failed. */
function isWorthKeeping(owner: OwnerPlan, outcomes: readonly Outcome[]): boolean {
  if (owner.policy.historyLimit === 0 || owner.desired.length === 0 || isIncomplete(owner)) return false;
  const own = outcomes.filter((outcome) => outcome.owner === owner.owner.name);
  return own.length > 0 && own.every(({ result }) => result === 'succeeded');
}

/** The same for what is wanted and for a record of it. */
export function contentDigest(objects: Iterable<{ reference: ObjectReference; digest?: string }>): string {
  return digestOf([...objects].map(({ reference, digest }) => `${keyOf(reference)} ${digest}`).sort());
}

function revisionOf(
  { owner, header, desired }: OwnerPlan,
  digest: string,
  outcomes: readonly Outcome[],
  restored: number | undefined,
): Omit<Revision, 'number'> {
  return {
    owner: owner.name,
    applied: new Date().toISOString(),
    digest,
    objects: desired.length,
    summary: summaryOf(outcomes.filter((outcome) => outcome.owner === owner.name)),
    ...(header.artifact && { artifact: header.artifact }),
    ...(restored !== undefined && { restored }),
  };
}

const words = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  rename: 'renamed',
  adopt: 'adopted',
  delete: 'deleted',
  release: 'released',
} as const;

function summaryOf(outcomes: readonly Outcome[]): string {
  const counts = tallyOf(outcomes);
  const parts = tallied.flatMap((action) => {
    if (action === 'keep' || action === 'skip' || counts[action] === 0) return [];
    return [`${counts[action]} ${words[action]}`];
  });
  return parts.join(', ');
}
