/** The verbs around the operator and its definitions in a cluster. Loaded by every start, so it imports next to nothing. */
import type { Command } from 'commander';
import { addConfirmFlag } from './consent-flags.ts';
import { addClusterFlags } from './flags.ts';
import { addConsentFlag } from './group-flags.ts';
import type { Run } from './groups.ts';
import type { InstallOptions } from './install.ts';
import type { Terminal } from './terminal.ts';
import type { UninstallOptions } from './uninstall.ts';

export function addOperatorVerbs(program: Command, run: Run, terminal: Terminal): void {
  addClusterFlags(program.command('install'))
    .description('install the kinds InfrahubSync and VidraResource, or renew them')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--allow-downgrade', 'also where fields that this version does not know would be lost')
    .action(run<InstallOptions>(async (options) => (await import('./install.ts')).install(options, terminal)));
  addConsentFlag(addConfirmFlag(addClusterFlags(program.command('uninstall'))))
    .description('take both kinds out of the cluster; objects that were applied stay')
    .action(run<UninstallOptions>(async (options) => (await import('./uninstall.ts')).uninstall(options, terminal)));
}
