/** `vidra show`: prints a saved plan. Asks no cluster. */
import { resolve } from 'node:path';
import { readSavedPlan } from '../saved/file.ts';
import { printPlan, printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';
import type { ViewOptions } from './view-flags.ts';

/** Throws PLAN_INVALID. */
export async function show(file: string, options: ViewOptions, terminal: Terminal): Promise<ExitStatus> {
  const { plan, created, version } = await readSavedPlan(resolve(terminal.cwd, file), file);
  await printPlan(plan, options, terminal);
  if (options.output === 'text') {
    const made = `Made at ${created} by Vidra ${version} for the set "${plan.set}" on ${plan.server}`;
    printText([`${made} (digest ${plan.digest}).`], terminal);
  }
  return 0;
}
