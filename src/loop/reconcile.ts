/** One reconcile: everything up to the plan, and the plan carried out. */
import { awaitSettled, carryOut } from '../engine/carry-out.ts';
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
  const { wait, timeoutMs } = options;
  const until = Date.now() + timeoutMs;
  // What is made when an old one is gone is left to the next run: that sees it go, and nothing else waits for it meanwhile.
  const result = await carryOut(plan, target, run, { wait: false, timeoutMs });
  return wait ? awaitSettled(result, target, run, until) : result;
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
