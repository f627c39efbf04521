/** `vidra prune`: removes what no definition wants any more, and does nothing else. */
import { prepareOrphans } from '../engine/orphans.ts';
import { prepareLeaving } from '../engine/prepare.ts';
import type { Run } from '../engine/run.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { statusOfPlan } from './exit-status.ts';
import type { PruneOptions } from './flags.ts';
import { runPhase } from './phase.ts';
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
  return withTarget(options, rules, terminal, async (target) => {
    const work = (run: Run) =>
      options.filename ? prepareLeaving(target, run) : prepareOrphans(target, run, { wholeSet });
    const prepared = await runPhase(options, terminal, work);
    if (!options.dryRun) return carryOutPlan(prepared, action, target, options, terminal);
    await printPlan(prepared.value, options, terminal);
    return statusOfPlan(prepared.value, options.detailedExitcode === true);
  });
}
