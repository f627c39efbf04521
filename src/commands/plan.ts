/** `vidra plan`: says exactly what would change, and changes nothing. */
import { prepare } from '../engine/prepare.ts';
import { consentOf } from './consent-flags.ts';
import { statusOfPlan } from './exit-status.ts';
import { overridesOf, type PlanOptions } from './flags.ts';
import { runPhase } from './phase.ts';
import { printPlan } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export function plan(options: PlanOptions, terminal: Terminal): Promise<ExitStatus> {
  const rules = {
    prune: options.prune === true,
    validate: true,
    overrides: overridesOf(options),
    consent: consentOf(options),
  };
  return withTarget(options, rules, terminal, async (target) => {
    const { value } = await runPhase(options, terminal, (run) => prepare(target, run));
    await printPlan(value, options, terminal);
    return statusOfPlan(value, options.detailedExitcode === true);
  });
}
