/** `vidra rollback`: an owner goes back to what it wanted before, by a plan like any other. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import { findRevision, prepareRollback, type Rollback } from '../engine/rollback.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { accessOf } from '../operator/destination-of.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import { carryOutPlan } from './carry-out.ts';
import { consentOf } from './consent-flags.ts';
import { decisionLines, isApproved, leaveUnapproved, withdrawApproval } from './decide.ts';
import { definitionOfOwner } from './definition-of-owner.ts';
import { statusOfPlan } from './exit-status.ts';
import type { RollbackOptions } from './flags.ts';
import { reachedBy } from './part-target.ts';
import { type Phase, runPhase } from './phase.ts';
import { printPlan, printText } from './print.ts';
import { withTarget } from './target.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

/** What is suspended goes back, too: that is how it stays there. Throws USAGE for what only observes. */
export function rollback(owner: string, options: RollbackOptions, terminal: Terminal): Promise<ExitStatus> {
  const validate = options.dryRun === true || (!options.yes && isInteractive(terminal));
  const rules = { prune: false, validate, overrides: {}, consent: consentOf(options) };
  return withTarget(options, rules, terminal, async (target, { destinations }) => {
    const found = await findRevision(target, owner, options.toRevision);
    const definition = await definitionOfOwner(target.home, found.content.header);
    if (definition?.mode === 'Observe')
      throw new VidraError('USAGE', `only observes, by mode: Observe, so ${owner} goes back to nothing`, {
        subject: nameOfDefinition(definition),
      });
    const own = targetFor(found, definition, target, destinations);
    const prepared = await runPhase(options, terminal, (run) => prepareRollback(own, run, found));
    if (options.dryRun) return show(prepared.value, definition, options, terminal);
    if (definition && !isApproved(definition, prepared.value))
      return leaveUnapproved(definition, prepared.value, terminal);
    tellOfOperator(definition, prepared, terminal);
    const restored = found.revision.number;
    const action = { verb: 'Rolled back', question: `Go back to revision ${restored} of ${owner}`, restored };
    const status = await carryOutPlan(prepared, action, own, options, terminal);
    if (status === 0 && definition) await withdrawApproval(target.home, definition);
    return status;
  });
}

/** By whom the definition says that it is written now, or else by whom it was written then. */
function targetFor(
  { content }: Rollback,
  definition: Definition | undefined,
  target: Target,
  destinations: Destinations,
): Target {
  const access = definition ? accessOf(definition) : content.access;
  const decided = definition?.mode === 'Approve' && definition.stored;
  return {
    ...target,
    ...(access && reachedBy(access, destinations)),
    // Approved by its digest, so it must be the same each time.
    ...(decided && { salt: decided.uid, validate: false }),
  };
}

async function show(
  plan: Plan,
  definition: Definition | undefined,
  options: RollbackOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  await printPlan(plan, options, terminal);
  const isText = options.output === 'text' && !options.quiet;
  if (definition && isText && hasChanges(plan)) printText(decisionLines(definition, plan), terminal);
  return statusOfPlan(plan, options.detailedExitcode === true);
}

function tellOfOperator(definition: Definition | undefined, { value }: Phase<Plan>, { stderr }: Terminal): void {
  if (!definition || definition.suspend || !hasChanges(value)) return;
  const { kind, name } = definition;
  stderr.write(
    `note: an operator follows ${nameOfDefinition(definition)} again at once; to keep it from that: vidra suspend ${kind.toLowerCase()}/${name}\n`,
  );
}
