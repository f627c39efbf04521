/** `vidra apply FILE`: carries out a saved plan, exactly as it is. The file is the decision, so only what is guarded is asked for. */
import { resolve } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import type { Definition } from '../definition/definition.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { readSavedPlan } from '../saved/file.ts';
import { prepareSaved } from '../saved/prepare-saved.ts';
import type { SavedPlan } from '../saved/saved-plan.ts';
import { printable } from '../view/printable.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { readClusterDefinitions } from './cluster-definitions.ts';
import { bySettingsOf } from './cluster-settings.ts';
import { consentOf } from './consent-flags.ts';
import { statusOfPlan } from './exit-status.ts';
import type { ApplyOptions } from './flags.ts';
import { reachedBy } from './part-target.ts';
import { runPhase } from './phase.ts';
import { printPlan } from './print.ts';
import { type Connected, readDefinitions, withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

const action: Action = { verb: 'Applied', question: 'Apply this plan', decided: true };

/** Throws PLAN_INVALID, PLAN_MISMATCH or PLAN_OUTDATED, and USAGE for flags that would make it another plan. */
export async function applySaved(file: string, options: ApplyOptions, terminal: Terminal): Promise<ExitStatus> {
  mustNotDecide(options);
  const saved = await readSavedPlan(resolve(terminal.cwd, file), file);
  const { set } = saved.plan;
  if (options.set !== undefined && options.set !== set) {
    throw new VidraError('PLAN_MISMATCH', `is for the set "${set}", not for "${options.set}"`, { subject: file });
  }
  const { filename: _, ...rest } = options;
  const { prune, overrides, namespace } = saved.options;
  const rules = { prune, overrides, validate: options.dryRun === true, consent: consentOf(options) };
  return withTarget({ ...rest, set, namespace }, rules, terminal, async (given, connected) => {
    const target = targetFor(given, saved, options, connected, terminal);
    const definitions = await definitionsOf(saved, target.home, options, terminal);
    const allowOutdated = options.allowOutdated === true;
    const prepared = await runPhase(options, terminal, (run) =>
      prepareSaved(target, run, saved, { definitions, allowOutdated }),
    );
    if (!options.dryRun) return carryOutPlan(prepared, action, target, options, terminal);
    await printPlan(prepared.value, options, terminal);
    return statusOfPlan(prepared.value, options.detailedExitcode === true);
  });
}

/** Reached as the plan was, and reading sources as it did. */
function targetFor(
  target: Target,
  { options: { access, filenames } }: SavedPlan,
  { filename }: ApplyOptions,
  { destinations, secretNamespaces }: Connected,
  { stderr }: Terminal,
): Target {
  const warn = (text: string) => void stderr.write(`${printable(text)}\n`);
  const isOfCluster = filename === undefined && filenames.length === 0;
  return {
    ...target,
    ...(access && reachedBy(access, destinations)),
    ...(isOfCluster && { sourceOf: bySettingsOf(target.home, secretNamespaces, target.sourceOf, warn) }),
  };
}

function mustNotDecide({ prune, adopt, namespace }: ApplyOptions): void {
  const decided = { '--prune': prune, '--adopt': adopt, '--namespace': namespace };
  const [flag] = Object.entries(decided).find(([, value]) => value !== undefined) ?? [];
  if (flag) throw new VidraError('USAGE', `${flag} is decided by the saved plan; pass it to vidra plan`);
}

/** What the plan was made from. Files that are named now must be there; those that were named then may be gone. */
async function definitionsOf(
  saved: SavedPlan,
  home: Cluster,
  options: ApplyOptions,
  terminal: Terminal,
): Promise<readonly Definition[] | VidraError> {
  if (options.filename) return readDefinitions(options.filename, terminal);
  const { filenames } = saved.options;
  if (filenames.includes('-'))
    return new VidraError('DEFINITION_INVALID', 'they came from standard input; give them again with -f');
  try {
    return await (filenames.length > 0 ? readDefinitions(filenames, terminal) : readClusterDefinitions(home));
  } catch (error) {
    if (error instanceof VidraError && error.code !== 'INTERRUPTED') return error;
    throw error;
  }
}
