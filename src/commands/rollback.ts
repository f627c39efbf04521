/** `vidra rollback`: an owner goes back to what it wanted before, by a plan like any other. */
import { prepareRollback } from '../engine/rollback.ts';
import { carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { statusOfPlan } from './exit-status.ts';
import type { RollbackOptions } from './flags.ts';
import { runPhase } from './phase.ts';
import { printPlan } from './print.ts';
import { withTarget } from './target.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

export function rollback(owner: string, options: RollbackOptions, terminal: Terminal): Promise<ExitStatus> {
  const validate = options.dryRun === true || (!options.yes && isInteractive(terminal));
  const rules = { prune: false, validate, overrides: {}, consent: consentOf(options) };
  return withTarget(options, rules, terminal, async (target) => {
    const { value, milliseconds } = await runPhase(options, terminal, (run) =>
      prepareRollback(target, run, owner, options.toRevision),
    );
    if (options.dryRun) {
      await printPlan(value.plan, options, terminal);
      return statusOfPlan(value.plan, options.detailedExitcode === true);
    }
    const restored = value.revision.number;
    const action = { verb: 'Rolled back', question: `Go back to revision ${restored} of ${owner}`, restored };
    return carryOutPlan({ value: value.plan, milliseconds }, action, target, options, terminal);
  });
}
