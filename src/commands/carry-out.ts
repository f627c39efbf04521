/** From a plan to its result: shows it, makes sure that it is wanted, carries it out, and shows what came of it. */
import { carryOut } from '../engine/carry-out.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import { countOf } from '../view/quantity.ts';
import { countChanges } from '../view/summary.ts';
import { mustConfirm } from './ask.ts';
import { statusOfResult } from './exit-status.ts';
import type { GlobalOptions, WriteOptions } from './flags.ts';
import { askGuards, mustHaveNoGuards } from './pass-guards.ts';
import { type Phase, runPhase } from './phase.ts';
import { printIntent, printRefused, printResult } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';
import type { ViewOptions } from './view-flags.ts';

/** How a verb is spoken of. */
export interface Action {
  /** Starts the summary: `Applied`. */
  readonly verb: string;
  /** Without a question mark: `Apply this plan`. */
  readonly question: string;
  /** The revision of the history that it goes back to. */
  readonly restored?: number;
  /** Somebody has decided already: only what is guarded is asked for. */
  readonly decided?: true;
}

type Options = GlobalOptions & WriteOptions & ViewOptions;

/**
 * Throws NOT_CONFIRMED when the answer is no, or when something would be deleted and nobody can be asked; GUARDED when what the
 * plan guards is not allowed, or nobody can be asked for it.
 */
export async function carryOutPlan(
  prepared: Phase<Plan>,
  action: Action,
  target: Target,
  options: Options,
  terminal: Terminal,
): Promise<ExitStatus> {
  let plan = prepared.value;
  const { decided = false } = action;
  const canAsk = hasChanges(plan) && !options.yes && isInteractive(terminal);
  const asked = canAsk && !decided;
  printIntent(plan, { ...options, asked }, terminal);
  try {
    if (asked) await mustConfirm(`${action.question} on ${plan.server}?`, options, terminal);
    if (canAsk) plan = await askGuards(plan, terminal);
    else mustHaveNoGuards(plan);
    if (!canAsk && !options.yes && !decided) mustNotDelete(plan);
  } catch (error) {
    await printRefused(plan, options, terminal);
    throw error;
  }
  const { wait, timeout: timeoutMs } = options;
  const restored = action.restored === undefined ? {} : { restored: action.restored };
  const done = await runPhase(options, terminal, (run) =>
    carryOut(plan, target, run, { wait, timeoutMs, ...restored }),
  );
  const milliseconds = prepared.milliseconds + done.milliseconds;
  await printResult(done.value, { ...options, verb: action.verb, milliseconds }, terminal);
  return statusOfResult(done.value, terminal.signal);
}

function mustNotDelete(plan: Plan): void {
  const counts = countChanges(plan);
  const count = counts.delete + counts.rename;
  if (count === 0) return;
  const message = `${countOf(count, 'object')} would be deleted, and nobody is there to be asked; nothing was changed`;
  throw new VidraError('NOT_CONFIRMED', message);
}
