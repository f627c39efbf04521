/** The verbs around the operator and its definitions in a cluster. Loaded by every start, so it imports next to nothing. */
import type { Command } from 'commander';
import type { ApproveOptions } from './approve.ts';
import { addConfirmFlag, addConsentFlags } from './consent-flags.ts';
import { addClusterFlags, addPlanFlags, addTimeoutFlag, addWriteFlags } from './flags.ts';
import { addConsentFlag } from './group-flags.ts';
import type { Run } from './groups.ts';
import type { InstallOptions } from './install.ts';
import type { ReconcileOptions } from './reconcile.ts';
import type { StatusOptions } from './status.ts';
import type { NamedOptions } from './suspend.ts';
import type { TakeoverOptions } from './takeover.ts';
import type { Terminal } from './terminal.ts';
import type { UninstallOptions } from './uninstall.ts';
import { addOutputFlag, addViewFlags } from './view-flags.ts';

/** As `Run`, for verbs that take any number of names. */
export type RunOnMany = <Options>(
  verb: (names: readonly string[], options: Options) => Promise<number>,
) => (names: readonly string[], ...given: unknown[]) => Promise<void>;

export function addOperatorVerbs(program: Command, run: Run, runOnMany: RunOnMany, terminal: Terminal): void {
  addOutputFlag(addClusterFlags(program.command('status').argument('[definition]', nameOfDefinition)))
    .description('show what is kept in the cluster, from definitions to objects, and how it is')
    .option('--show-objects', 'list objects that are healthy, too')
    .option('--watch', 'stay, and print again what changes')
    .action(run<StatusOptions>(async (options, name) => (await import('./status.ts')).status(name, options, terminal)));
  addSwitches(program, run, runOnMany, terminal);
  addViewFlags(addWriteFlags(addConsentFlags(addPlanFlags(addClusterFlags(program.command('takeover'))))))
    .description("go on where upstream's Go operator has ended: say what it has left, and take it over")
    .action(run<TakeoverOptions>(async (options) => (await import('./takeover.ts')).takeover(options, terminal)));
  addClusterFlags(program.command('install'))
    .description('install the kinds InfrahubSync and VidraResource, or renew them')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--allow-downgrade', 'also where fields that this version does not know would be lost')
    .action(run<InstallOptions>(async (options) => (await import('./install.ts')).install(options, terminal)));
  addConsentFlag(addConfirmFlag(addClusterFlags(program.command('uninstall'))))
    .description('take both kinds out of the cluster; objects that were applied stay')
    .action(run<UninstallOptions>(async (options) => (await import('./uninstall.ts')).uninstall(options, terminal)));
}

function addSwitches(program: Command, run: Run, runOnMany: RunOnMany, terminal: Terminal): void {
  const load = () => import('./suspend.ts');
  addNames(program.command('suspend'))
    .description('let the operator leave definitions alone, and what they keep as it is')
    .action(runOnMany<NamedOptions>(async (...given) => (await load()).suspend(...given, terminal)));
  addNames(program.command('resume'))
    .description('let the operator go on with definitions')
    .action(runOnMany<NamedOptions>(async (...given) => (await load()).resume(...given, terminal)));
  addTimeoutFlag(
    addNames(program.command('reconcile'))
      .description('let the operator look at definitions now')
      .option('--wait', 'wait until it has, and say whether they are ready'),
  ).action(
    runOnMany<ReconcileOptions>(async (...given) => (await import('./reconcile.ts')).reconcile(...given, terminal)),
  );
  addConsentFlag(addClusterFlags(program.command('approve').argument('<definition>', nameOfDefinition)))
    .description('let the operator carry out a plan that waits for it')
    .option('--digest <digest>', 'of the plan that is meant; whoever names it is not asked')
    .action(
      run<ApproveOptions>(async (options, name) =>
        (await import('./approve.ts')).approve(`${name}`, options, terminal),
      ),
    );
}

const nameOfDefinition = 'such as infrahubsync/web, or its name alone where there is one of that name';

function addNames(command: Command): Command {
  return addClusterFlags(command.argument('[definitions...]', nameOfDefinition)).option('--all', 'all definitions');
}
