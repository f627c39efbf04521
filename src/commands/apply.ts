/** `vidra apply`: plans, shows, asks where somebody is there to answer, and makes it so; or carries out a saved plan. */
import { nameOfDefinition } from '../definition/definition.ts';
import { prepare } from '../engine/prepare.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { isApproved, leaveObserved, leaveUnapproved, withdrawApproval } from './decide.ts';
import { type ApplyOptions, overridesOf } from './flags.ts';
import { inParts } from './in-parts.ts';
import { runPhase } from './phase.ts';
import { plan } from './plan.ts';
import { withTarget } from './target.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

const action: Action = { verb: 'Applied', question: 'Apply this plan' };

/** `file` is that of a saved plan. */
export async function apply(file: string | undefined, options: ApplyOptions, terminal: Terminal): Promise<ExitStatus> {
  if (file !== undefined) return (await import('./apply-saved.ts')).applySaved(file, options, terminal);
  if (options.allowOutdated) throw new VidraError('USAGE', '--allow-outdated is for a saved plan');
  if (options.dryRun) return plan(options, terminal);
  // Who is asked must see what the server says. Who goes straight on learns it from the writes themselves.
  const validate = !options.yes && isInteractive(terminal);
  const rules = {
    prune: options.prune === true,
    validate,
    overrides: overridesOf(options),
    consent: consentOf(options),
    ofCluster: true,
  };
  return withTarget(options, rules, terminal, (target, { destinations }) =>
    inParts(target, { destinations, terminal, inOrder: true }, async (part, alone) => {
      tellOfEnds(part, terminal);
      if (alone?.mode === 'Observe') return leaveObserved(alone, terminal);
      const prepared = await runPhase(options, terminal, (run) => prepare(part, run));
      if (alone && !isApproved(alone, prepared.value)) return leaveUnapproved(alone, prepared.value, terminal);
      const status = await carryOutPlan(prepared, action, part, options, terminal);
      if (status === 0 && alone) await withdrawApproval(target.home, alone);
      return status;
    }),
  );
}

function tellOfEnds({ definitions }: Target, terminal: Terminal): void {
  for (const definition of definitions) {
    if (!definition.stored?.deleting) continue;
    const name = nameOfDefinition(definition);
    terminal.stderr.write(`${name} is being deleted: what it has goes, and its finalizer is left to the operator\n`);
  }
}
