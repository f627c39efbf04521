/** One reconcile: everything up to the plan, and the plan carried out. */
import { carryOut } from '../engine/carry-out.ts';
import { prepare } from '../engine/prepare.ts';
import type { Result, Run } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { hasProblems } from '../plan/plan.ts';

export interface ReconcileOptions {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** What the plan guards is left alone, since nobody can be asked. Throws a VidraError when the home cluster cannot be asked or written to. */
export async function reconcile(target: Target, run: Run, options: ReconcileOptions): Promise<Result> {
  await discover(target);
  const plan = await prepare(target, run);
  run.signal.throwIfAborted();
  return carryOut(plan, target, run, options);
}

/** Kinds come and go while the loop runs. What cannot be reached is a problem of the plan. */
export async function discover({ home, clusterOf, definitions }: Target): Promise<void> {
  const servers = new Set(definitions.map(({ destination }) => destination.server ?? ''));
  const others = [...servers].map(async (server) => (await clusterOf(server)).discover());
  await Promise.all([home.discover(), Promise.allSettled(others)]);
}

/** Whether all is as the definitions say, and nothing is left to be done. */
export function isSettled({ plan, outcomes, unhealthy }: Result): boolean {
  return (
    !hasProblems(plan) &&
    unhealthy.length === 0 &&
    outcomes.every(({ result, gone }) => result === 'succeeded' && gone !== false)
  );
}
