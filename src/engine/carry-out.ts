/** Makes the clusters match the plan, and nothing but the plan: record intent, act, wait, record the outcome. */
import { VidraError } from '../errors.ts';
import type { OwnerPlan, Plan } from '../plan/plan.ts';
import { withholdGuarded } from '../plan/withhold.ts';
import { actAll } from './act-all.ts';
import { createObjection } from './newcomers.ts';
import { recordIntent, recordOutcome } from './record.ts';
import { recordHistory } from './record-history.ts';
import type { Outcome, Result, Run } from './run.ts';
import { runId } from './run-id.ts';
import { settle } from './settle.ts';
import type { Target } from './target.ts';

export interface CarryOutOptions {
  /** Wait until what was written is healthy, and what was deleted is gone, also before another one takes its place. */
  readonly wait: boolean;
  readonly timeoutMs: number;
  /** The revision of the history that this goes back to. */
  readonly restored?: number;
}

/**
 * Records what is true also when the run is interrupted. What the plan guards is left alone. Throws a VidraError when a record
 * cannot be written.
 */
export async function carryOut(given: Plan, target: Target, run: Run, options: CarryOutOptions): Promise<Result> {
  const plan = withholdGuarded(given);
  const id = runId();
  const until = Date.now() + options.timeoutMs;
  await Promise.all(plan.owners.map((owner) => recordIntent(target.inventory, owner, id)));
  const patience = { until, wait: options.wait };
  const outcomes = await actAll(plan, target.clusterOf, run, patience, createObjection(plan, target.inventory));
  await recordAll(plan.owners, outcomes, target, id);
  const notes = await keepHistory(plan, outcomes, target, options);
  const result = { id, plan, outcomes, unhealthy: [], notes };
  return options.wait ? awaitSettled(result, target, run, until) : result;
}

/**
 * Waits until what the result wrote is healthy and what it deleted is gone, at most until `until` (milliseconds since 1970), and
 * records that. Throws a VidraError when a record cannot be written.
 */
export async function awaitSettled(result: Result, target: Target, run: Run, until: number): Promise<Result> {
  const { id, plan, outcomes } = result;
  run.emit({ type: 'recorded', plan, outcomes });
  const settled = await settle(outcomes, plan, target, run, until);
  const isNew = settled.outcomes.some((outcome) => !outcomes.includes(outcome));
  if (isNew) await recordAll(plan.owners, settled.outcomes, target, id);
  return { ...result, ...settled };
}

async function recordAll(
  owners: readonly OwnerPlan[],
  outcomes: readonly Outcome[],
  target: Target,
  id: string,
): Promise<void> {
  const byOwner = new Map(owners.map(({ owner }): [string, Outcome[]] => [owner.name, []]));
  for (const outcome of outcomes) byOwner.get(outcome.owner)?.push(outcome);
  await Promise.all(
    owners.map((owner) => recordOutcome(target.inventory, owner, byOwner.get(owner.owner.name) ?? [], id)),
  );
}

/** What is applied is applied, also where its history may not be written; then people are told. */
async function keepHistory(
  plan: Plan,
  outcomes: readonly Outcome[],
  target: Target,
  { restored }: CarryOutOptions,
): Promise<string[]> {
  try {
    await recordHistory(target, plan, outcomes, restored);
    return [];
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    return [`the history was not kept: ${error.message}`];
  }
}
