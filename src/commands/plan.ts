/** `vidra plan`: says exactly what would change, and changes nothing. With --out it saves the plan, to be carried out later. */
import { resolve } from 'node:path';
import { nameOfDefinition } from '../definition/definition.ts';
import { prepare } from '../engine/prepare.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import { consentOf } from './consent-flags.ts';
import { decisionLines } from './decide.ts';
import { statusOfPlan } from './exit-status.ts';
import { overridesOf, type PlanOptions } from './flags.ts';
import { inParts } from './in-parts.ts';
import { partsOf } from './parts.ts';
import { runPhase } from './phase.ts';
import { printPlan, printText } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export async function plan(options: PlanOptions, terminal: Terminal): Promise<ExitStatus> {
  const { out } = options;
  if (out !== undefined) await (await loadFile()).mustBeWritable(resolve(terminal.cwd, out));
  const rules = {
    prune: options.prune === true,
    validate: true,
    overrides: overridesOf(options),
    consent: consentOf(options),
    ofCluster: true,
  };
  return withTarget(options, rules, terminal, async (target, { destinations }) => {
    const isText = options.output === 'text' && !options.quiet;
    if (out !== undefined) mustBeOnePart(target);
    return inParts(target, { destinations, terminal, inOrder: false }, async (part, alone) => {
      const value =
        out === undefined ? await planOnly(part, options, terminal) : await planAndSave(part, out, options, terminal);
      await printPlan(value, options, terminal);
      if (value.digest && isText) printText([`Saved to ${out} (digest ${value.digest}).`], terminal);
      if (alone && isText && hasChanges(value)) printText(decisionLines(alone, value), terminal);
      return statusOfPlan(value, options.detailedExitcode === true);
    });
  });
}

function mustBeOnePart({ definitions }: Target): void {
  const parts = partsOf(definitions);
  const observed = parts.find(({ alone }) => alone?.mode === 'Observe')?.alone;
  if (observed)
    throw new VidraError('USAGE', 'only observes, by mode: Observe, so its plan is not to be applied', {
      subject: nameOfDefinition(observed),
    });
  if (parts.length < 2) return;
  throw new VidraError(
    'USAGE',
    '--out saves one plan, and these definitions have several: by dependsOn, mode, serviceAccountName or a Secret of the destination; give them one by one',
  );
}

async function planOnly(target: Target, options: PlanOptions, terminal: Terminal): Promise<Plan> {
  return (await runPhase(options, terminal, (run) => prepare(target, run))).value;
}

async function planAndSave(target: Target, out: string, options: PlanOptions, terminal: Terminal): Promise<Plan> {
  const [{ prepareToSave }, { writeSavedPlan }] = await Promise.all([import('../saved/save.ts'), loadFile()]);
  const { value } = await runPhase(options, terminal, (run) => prepareToSave(target, run, options.filename ?? []));
  await writeSavedPlan(resolve(terminal.cwd, out), value);
  return value.plan;
}

const loadFile = () => import('../saved/file.ts');
