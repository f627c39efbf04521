/** `vidra prune`: removes what no definition wants any more, and does nothing else. */
import { prepareOrphans } from '../engine/orphans.ts';
import { prepareLeaving } from '../engine/prepare.ts';
import type { Target } from '../engine/target.ts';
import type { Plan } from '../plan/plan.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { isApproved, leaveObserved, leaveUnapproved } from './decide.ts';
import { statusOfPlan } from './exit-status.ts';
import type { PruneOptions } from './flags.ts';
import { inParts } from './in-parts.ts';
import { type Phase, runPhase } from './phase.ts';
import { printPlan } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

const action: Action = { verb: 'Pruned', question: 'Delete these objects' };

/** With definitions: the owners of their set that they no longer name. Without: what is left of owners that exist no more. */
export function prune(options: PruneOptions, terminal: Terminal): Promise<ExitStatus> {
  // Deleting is all that it does, so how much is no reason to ask unless somebody names a limit.
  const consent = consentOf({ maxDeletions: { percent: 100 }, ...options });
  const rules = { prune: true, validate: false, overrides: {}, consent };
  // Without definitions nobody can say which owners of a set are wanted, so a set goes only when it is named.
  const wholeSet = options.set !== undefined;
  return withTarget(options, rules, terminal, async (target, { destinations }) => {
    const finish = async (prepared: Phase<Plan>, part: Target) => {
      if (!options.dryRun) return carryOutPlan(prepared, action, part, options, terminal);
      await printPlan(prepared.value, options, terminal);
      return statusOfPlan(prepared.value, options.detailedExitcode === true);
    };
    if (!options.filename)
      return finish(await runPhase(options, terminal, (run) => prepareOrphans(target, run, { wholeSet })), target);
    return inParts(target, { destinations, terminal, inOrder: false }, async (part, alone) => {
      if (alone?.mode === 'Observe') return leaveObserved(alone, terminal);
      const prepared = await runPhase(options, terminal, (run) => prepareLeaving(part, run));
      if (alone && !isApproved(alone, prepared.value)) return leaveUnapproved(alone, prepared.value, terminal);
      return finish(prepared, part);
    });
  });
}
