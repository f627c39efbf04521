/** One run of some definitions that are planned together, and what came of it for each of them. */

import { definitionAnnotations } from '../definition/annotations.ts';
import { nameOfDefinition } from '../definition/definition.ts';
import { destinationKey } from '../destination/destination.ts';
import { awaitSettled, carryOut } from '../engine/carry-out.ts';
import { planInputs, readInputs } from '../engine/prepare.ts';
import type { Result, Run } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { isSettled } from '../loop/reconcile.ts';
import { hasChanges } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import type { Snapshot } from '../source/source.ts';
import { destinationOf } from './destination-of.ts';
import type { Ready } from './member.ts';
import { planOf, resultOf } from './part.ts';
import type { Standing } from './standing.ts';

export interface GroupOptions {
  /** Aborts when nobody wants the run as a whole any more. */
  readonly run: Run;
  /** Told how a definition stands; `ended`, `cut` and `planned` come last. */
  readonly report: (member: Ready, standing: Standing) => Promise<void>;
}

/** Milliseconds to wait for health where the definition does not say. */
const usualTimeoutMs = 300_000;

/** Resolves when each member has ended. Throws a VidraError when no plan can be made, or its records cannot be written. */
export async function reconcileGroup(
  members: readonly Ready[],
  target: Target,
  { run, report }: GroupOptions,
): Promise<void> {
  const inputs = await readInputs(target, run);
  const plan = await planInputs(target, run, inputs);
  run.signal.throwIfAborted();
  const snapshotOf = ({ definition }: Ready): Snapshot | undefined => {
    const fetched = inputs.fetched.get(definition.name);
    return definition.kind === 'VidraResource' || fetched instanceof VidraError ? undefined : fetched;
  };
  const [first] = members as [Ready];
  const { mode } = first.definition;
  if (mode !== 'Enforce' && !first.stored.deleting) {
    const digest = planDigest(plan, first.stored.uid);
    const isApproved = mode === 'Approve' && first.stored.annotations[definitionAnnotations.approve] === digest;
    if (!isApproved && (mode === 'Observe' || hasChanges(plan))) {
      const own = planOf(first.definition, plan);
      return report(first, { type: 'planned', mode, plan: own, digest, snapshot: snapshotOf(first) });
    }
  }
  const timeoutMs = Math.max(...members.map(({ definition }) => definition.timeout ?? usualTimeoutMs));
  const result = await carryOut(plan, target, run, { wait: false, timeoutMs });
  await Promise.all(members.map((member) => endOne(member, result, target, { run, report }, snapshotOf(member))));
}

async function endOne(
  member: Ready,
  whole: Result,
  target: Target,
  { run, report }: GroupOptions,
  snapshot: Snapshot | undefined,
): Promise<void> {
  const { definition, signal } = member;
  const result = resultOf(definition, whole);
  const isDone = !definition.wait && isSettled(result);
  if (signal.aborted && !isDone) return report(member, { type: 'cut', result, snapshot });
  if (!definition.wait) return report(member, { type: 'ended', result, snapshot, unwatched: true });
  if (result.outcomes.length > 0) await report(member, { type: 'waiting', result, snapshot });
  const until = Date.now() + (definition.timeout ?? usualTimeoutMs);
  const settled = await awaitSettled(result, target, { ...run, signal }, until);
  await report(member, {
    type: signal.aborted ? 'cut' : 'ended',
    result: settled,
    snapshot,
    ...(result.outcomes.length > 0 && { waited: result }),
  });
}

/** Whether nothing is left to be done for a definition that stands so. */
export function isGood(standing: Standing): boolean {
  if (standing.type === 'ended') return isSettled(standing.result);
  return standing.type !== 'failed' && standing.type !== 'cut';
}

/** What is run together when it is due at once: what has one source, one destination, and one identity; and nothing that is decided by itself. */
export function groupOf({ definition, stored }: Pick<Ready, 'definition' | 'stored'>, isAlone: boolean): string {
  if (isAlone || stored.deleting || definition.mode !== 'Enforce') return nameOfDefinition(definition);
  const source = definition.kind === 'InfrahubSync' ? definition.source.infrahubAPIURL : '';
  return `${source} ${destinationKey(destinationOf(definition))}`;
}
