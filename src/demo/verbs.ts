/** The verbs as the demo uses them: the functions behind `vidra plan`, `apply` and `prune`, with all flags that a person would give. */

import { apply } from '../commands/apply.ts';
import { statusOfResult } from '../commands/exit-status.ts';
import type { ApplyOptions, GlobalOptions, PlanOptions, WriteOptions } from '../commands/flags.ts';
import { runPhase } from '../commands/phase.ts';
import { plan } from '../commands/plan.ts';
import { printResult } from '../commands/print.ts';
import { prune } from '../commands/prune.ts';
import { withTarget } from '../commands/target.ts';
import type { ExitStatus, Terminal } from '../commands/terminal.ts';
import { carryOut } from '../engine/carry-out.ts';
import { prepare } from '../engine/prepare.ts';
import type { Result } from '../engine/run.ts';
import { VidraError } from '../errors.ts';
import type { Stage } from './stage.ts';

/** Each throws DEMO_FAILED when it does not end as the story has it, and INTERRUPTED. */
export interface Verbs {
  /** Expects something to do. */
  plan(): Promise<void>;
  apply(): Promise<void>;
  /** The same, and does not show the plan: people have just seen it. */
  applySeen(): Promise<Result>;
  /** The owners of the set that the definitions no longer name. */
  pruneLeaving(): Promise<void>;
  /** All owners of the set. */
  pruneSet(): Promise<void>;
}

/** Who is told what happens. */
export interface Stagehands {
  /** Gets each command line before it is carried out. */
  readonly announce: (line: string) => void;
  /** Runs all that a command line does. */
  readonly watch: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The file with the definitions, in the folder of the stage. */
export const definitionFile = 'sync.yaml';

const timeoutMs = 180_000;

export function createVerbs(
  stage: Stage,
  given: GlobalOptions,
  terminal: Terminal,
  { announce, watch }: Stagehands,
): Verbs {
  const inStory: Terminal = { ...terminal, cwd: stage.folder, environment: environmentOf(stage, terminal) };
  const options = optionsOf(stage, given);
  const perform = async (line: string, wanted: ExitStatus, verb: () => Promise<ExitStatus>) => {
    announce(`vidra ${line}`);
    const status = await watch(verb);
    terminal.signal.throwIfAborted();
    if (status !== wanted) throw new VidraError('DEMO_FAILED', `"vidra ${line}" ended with ${status}, not ${wanted}`);
  };
  const file = `-f ${definitionFile}`;
  return {
    plan: () => perform(`plan ${file}`, 2, () => plan({ ...options, detailedExitcode: true }, inStory)),
    apply: () =>
      perform(`apply ${file} --yes --no-wait`, 0, () => apply(undefined, { ...options, wait: false }, inStory)),
    async applySeen() {
      let result: Result | undefined;
      await perform(`apply ${file} --yes --no-wait`, 0, async () => {
        result = await applyUnseen(options, inStory);
        return statusOfResult(result, inStory.signal);
      });
      return result as Result;
    },
    pruneLeaving: () => perform(`prune ${file} --yes`, 0, () => prune(options, inStory)),
    pruneSet: () =>
      perform(`prune --set ${stage.set} --yes`, 0, () => {
        const { filename: _, ...rest } = options;
        return prune(rest, inStory);
      }),
  };
}

/** What `vidra apply --yes` does, without its printing the plan. */
function applyUnseen(options: ApplyOptions, terminal: Terminal): Promise<Result> {
  return withTarget(options, { prune: false, validate: false, overrides: {} }, terminal, async (target) => {
    const prepared = await runPhase(options, terminal, (run) => prepare(target, run));
    const done = await runPhase(options, terminal, (run) =>
      carryOut(prepared.value, target, run, { wait: false, timeoutMs }),
    );
    const milliseconds = prepared.milliseconds + done.milliseconds;
    await printResult(done.value, { ...options, verb: 'Applied', milliseconds }, terminal);
    return done.value;
  });
}

function optionsOf(
  { kubeconfig, context, set }: Stage,
  { color, verbose }: GlobalOptions,
): Omit<PlanOptions, 'out'> & WriteOptions {
  return {
    color,
    ...(verbose !== undefined && { verbose }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    set,
    filename: [definitionFile],
    output: 'text',
    yes: true,
    wait: true,
    timeout: timeoutMs,
  };
}

/** The user's environment without what would lead to other Infrahubs, records, profiles and caches, or into a pager. */
function environmentOf({ folder, recordNamespace }: Stage, { environment }: Terminal): Terminal['environment'] {
  const foreign = /^(VIDRA_|INFRAHUB_)/;
  const noProxy = [environment['no_proxy'] || environment['NO_PROXY'], '127.0.0.1'].filter(Boolean).join(',');
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name))),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    PAGER: '',
    VIDRA_NAMESPACE: recordNamespace,
    XDG_CONFIG_HOME: folder,
    XDG_CACHE_HOME: folder,
  };
}
