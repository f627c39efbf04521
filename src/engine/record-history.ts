/** Keeps what owners wanted, when all of it was applied; and of owners that are gone for a while longer. */

import type { Definition } from '../definition/definition.ts';
import { sourceDigest } from '../definition/source-digest.ts';
import type { Revision } from '../history/history.ts';
import { digestOf } from '../manifest/json.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isIncomplete, type OwnerPlan, type Plan } from '../plan/plan.ts';
import { acting, done, tallyOf } from '../plan/tally.ts';
import type { Outcome } from './run.ts';
import type { Target } from './target.ts';

/** Long enough to notice that it was a mistake. */
const daysAfterLeaving = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** Asks and writes nothing where nothing was changed. `restored` is the revision that was rolled back to. */
export async function recordHistory(
  { history, access, definitions }: Pick<Target, 'history' | 'access' | 'definitions'>,
  plan: Plan,
  outcomes: readonly Outcome[],
  restored?: number,
): Promise<void> {
  const changed = plan.owners.filter((owner) => isWorthKeeping(owner, outcomes));
  const left = plan.owners.filter((owner) => hasLeft(owner, outcomes));
  if (changed.length + left.length === 0) return;
  const newest = new Map((await history.list()).map((revision) => [revision.owner, revision]));
  const keep = async (owner: OwnerPlan) => {
    const digest = contentDigest(owner.desired);
    const before = newest.get(owner.owner.name);
    if (before?.digest === digest && before.keptUntil === undefined) return;
    const revision = revisionOf(owner, digest, outcomes, restored);
    const manifests = owner.desired.map(({ manifest }) => manifest);
    const source = sourceOf(owner, definitions);
    await history.add(revision, {
      ...{ header: owner.header, policy: owner.policy, manifests },
      ...(access && { access }),
      ...(source !== undefined && { source }),
    });
  };
  const limit = async ({ owner }: OwnerPlan) => {
    const before = newest.get(owner.name);
    if (!before || before.keptUntil !== undefined) return;
    await history.keepUntil(before, new Date(Date.now() + daysAfterLeaving * dayMs).toISOString());
  };
  const back = new Set(changed.map(({ owner }) => owner.name));
  const over = [...newest.values()].filter((revision) => isOver(revision) && !back.has(revision.owner));
  await Promise.all([...changed.map(keep), ...left.map(limit), ...over.map(({ owner }) => history.forget(owner))]);
}

function sourceOf({ header }: OwnerPlan, definitions: readonly Definition[]): string | undefined {
  for (const one of definitions) if (one.kind === 'InfrahubSync' && one.name === header.sync) return sourceDigest(one);
  return undefined;
}

/** Whether something was done for an owner that stays, and nothing of it failed. */
function isWorthKeeping(owner: OwnerPlan, outcomes: readonly Outcome[]): boolean {
  if (owner.policy.historyLimit === 0 || owner.desired.length === 0 || isIncomplete(owner)) return false;
  const own = outcomes.filter((outcome) => outcome.owner === owner.owner.name);
  return own.length > 0 && own.every(({ result }) => result === 'succeeded');
}

/** Whether nothing of an owner is left that was not wanted any more. */
function hasLeft(owner: OwnerPlan, outcomes: readonly Outcome[]): boolean {
  if (!owner.leaving || isIncomplete(owner)) return false;
  const own = outcomes.filter((outcome) => outcome.owner === owner.owner.name);
  return own.length + owner.forget.length > 0 && own.every(({ result }) => result === 'succeeded');
}

function isOver({ keptUntil }: Revision): boolean {
  return keptUntil !== undefined && keptUntil < new Date().toISOString();
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

function summaryOf(outcomes: readonly Outcome[]): string {
  const counts = tallyOf(outcomes);
  const parts = acting.filter((action) => counts[action] > 0).map((action) => `${counts[action]} ${done[action]}`);
  return parts.join(', ');
}
