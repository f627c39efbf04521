/** `vidra apply`: plans, shows, asks where somebody is there to answer, and makes it so; or carries out a saved plan. */
import { prepare } from '../engine/prepare.ts';
import { VidraError } from '../errors.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { type ApplyOptions, overridesOf } from './flags.ts';
import { runPhase } from './phase.ts';
import { plan } from './plan.ts';
import { withTarget } from './target.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

const action: Action = { verb: 'Applied', question: 'Apply this plan' };

/** `file` is that of a saved plan. */
export async function apply(file: string | undefined, options: ApplyOptions, terminal: Terminal): Promise<ExitStatus> {
  if (file !== undefined) return (await import('./apply-saved.ts')).applySaved(file, options, terminal);
  if (options.allowOutdated) throw new VidraError('USAGE', '--allow-outdated is for a saved plan');
  const { filename = [] } = options;
  if (options.dryRun) return plan({ ...options, filename }, terminal);
  // Who is asked must see what the server says. Who goes straight on learns it from the writes themselves.
  const validate = !options.yes && isInteractive(terminal);
  const rules = {
    prune: options.prune === true,
    validate,
    overrides: overridesOf(options),
    consent: consentOf(options),
  };
  return withTarget(options, rules, terminal, async (target) => {
    const prepared = await runPhase(options, terminal, (run) => prepare(target, run));
    return carryOutPlan(prepared, action, target, options, terminal);
  });
}
