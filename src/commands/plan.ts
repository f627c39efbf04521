/** `vidra plan`: says exactly what would change, and changes nothing. With --out it saves the plan, to be carried out later. */
import { resolve } from 'node:path';
import { prepare } from '../engine/prepare.ts';
import type { Target } from '../engine/target.ts';
import type { Plan } from '../plan/plan.ts';
import { consentOf } from './consent-flags.ts';
import { statusOfPlan } from './exit-status.ts';
import { overridesOf, type PlanOptions } from './flags.ts';
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
  };
  return withTarget(options, rules, terminal, async (target) => {
    const value =
      out === undefined ? await planOnly(target, options, terminal) : await planAndSave(target, out, options, terminal);
    await printPlan(value, options, terminal);
    const tell = value.digest && options.output === 'text' && !options.quiet;
    if (tell) printText([`Saved to ${out} (digest ${value.digest}).`], terminal);
    return statusOfPlan(value, options.detailedExitcode === true);
  });
}

async function planOnly(target: Target, options: PlanOptions, terminal: Terminal): Promise<Plan> {
  return (await runPhase(options, terminal, (run) => prepare(target, run))).value;
}

async function planAndSave(target: Target, out: string, options: PlanOptions, terminal: Terminal): Promise<Plan> {
  const [{ prepareToSave }, { writeSavedPlan }] = await Promise.all([import('../saved/save.ts'), loadFile()]);
  const { value } = await runPhase(options, terminal, (run) => prepareToSave(target, run, options.filename));
  await writeSavedPlan(resolve(terminal.cwd, out), value);
  return value.plan;
}

const loadFile = () => import('../saved/file.ts');
